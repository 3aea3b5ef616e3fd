/** Prints the commands of the command line as JSON: run as a program of its own, since the CLI is one for Node. */
import { styleFor } from '../../../cli/src/terminal/output.js'
import { programFor } from '../../../cli/src/program.js'
import type { CommandRecord } from './program.js'

const { signal } = new AbortController()
const program = programFor({
  input: process.stdin,
  output: {
    write: () => undefined,
    complain: () => undefined,
    isTerminal: false,
    closed: signal,
    columns: () => 80,
    style: styleFor(false),
  },
  exitWith: () => undefined,
})

const describe = (command: ReturnType<typeof programFor>): CommandRecord => ({
  name: command.name(),
  description: command.description(),
  usage: command.usage(),
  arguments: command.registeredArguments.map((argument) => ({
    name: argument.name(),
    description: argument.description,
  })),
  options: command.options
    .filter(({ hidden }) => !hidden)
    .map(({ flags, description, defaultValue, argChoices }) => ({
      flags,
      description,
      ...(defaultValue !== undefined && { default: String(defaultValue) }),
      ...(argChoices && { choices: argChoices }),
    })),
})

process.stdout.write(JSON.stringify(program.commands.map(describe)))
