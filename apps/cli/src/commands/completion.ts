import type { Command, Option } from 'commander'
import { checkValue } from '../flags/specs.js'
import type { Shell } from '../shell.js'

/** The shells whose completion can be written. */
const writers: Readonly<Record<string, (program: Command) => string>> = { bash, zsh, fish }

/** `tapeloop completion <shell>`: a script that lets a shell complete commands and options. */
export function addCompletion(program: Command, { output }: Shell): void {
  program
    .command('completion')
    .summary('write a script that lets a shell complete commands')
    .description(
      'Writes a script for bash, zsh or fish that completes commands and options. For bash: source <(tapeloop completion bash), ' +
        'in ~/.bashrc; for zsh the same in ~/.zshrc; for fish: tapeloop completion fish > ~/.config/fish/completions/tapeloop.fish.',
    )
    .argument('<shell>', 'bash, zsh or fish')
    .action((shell: string) => {
      const choices = Object.keys(writers)
      checkValue('The shell', { type: 'choice', choices, default: '', doc: '' }, shell)
      output.write(writers[shell]!(program))
    })
}

const optionsOf = (command: Command): Option[] => [...command.options].filter((option) => !option.hidden)

/** Names that stand after an option: those that its help lists. */
function choicesOf({ description }: Option): string[] {
  const listed = /: ([\w-]+(?:, [\w-]+)* or [\w-]+)(?: \(|$)/.exec(description)?.[1]
  return listed?.split(/, | or /) ?? []
}

function bash(program: Command): string {
  const cases = program.commands.map((command) => {
    const words = optionsOf(command).map(({ long }) => long)
    return `    ${command.name()}) options="${words.join(' ')}" ;;`
  })
  const values = program.commands.flatMap((command) =>
    optionsOf(command).flatMap((option) => {
      const choices = choicesOf(option)
      return choices.length === 0
        ? []
        : [`    ${command.name()}:${option.long}) options="${choices.join(' ')}" ;;`]
    }),
  )
  return `_tapeloop() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}" options=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${program.commands.map((command) => command.name()).join(' ')} --help --version" -- "$word"))
    return
  fi
  case "$command" in
${cases.join('\n')}
  esac
  case "$command:$before" in
${[...new Set(values)].join('\n')}
  esac
  COMPREPLY=($(compgen -W "$options" -- "$word") $(compgen -f -- "$word"))
}
complete -o filenames -F _tapeloop tapeloop
`
}

/** zsh takes what is written for bash. */
function zsh(program: Command): string {
  return `autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${bash(program)}`
}

function fish(program: Command): string {
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`
  const lines = program.commands.flatMap((command) => [
    `complete -c tapeloop -n __fish_use_subcommand -a ${command.name()} -d ${quoted(command.summary())}`,
    ...optionsOf(command).map((option) => {
      const choices = choicesOf(option)
      const values = choices.length === 0 ? '' : ` -x -a ${quoted(choices.join(' '))}`
      return (
        `complete -c tapeloop -n '__fish_seen_subcommand_from ${command.name()}' -l ${option.long!.slice(2)}${values} ` +
        `-d ${quoted(option.description)}`
      )
    }),
  ])
  return `${lines.join('\n')}\n`
}
