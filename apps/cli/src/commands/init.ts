import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { commandLine } from '../command-line.js'
import { refuseUsage } from '../errors.js'
import { checkValue, defaultsOf } from '../flags/specs.js'
import type { Shell } from '../shell.js'
import { taskNamed } from '../tasks/index.js'
import { taskNames, type TaskName } from '../tasks/task.js'
import { commonSettings } from '../training/settings.js'

interface InitFlags {
  readonly task: string
  readonly format: string
}

/** What each task has to be told, as an example. */
const examples: Readonly<Record<TaskName, Readonly<Record<string, unknown>>>> = {
  'language-model': { data: 'book.txt', out: 'runs/book' },
  classify: { data: 'names.csv', out: 'runs/names', textColumn: 'name', labelColumn: 'language' },
  forecast: { data: 'sales.csv', out: 'runs/sales', target: 'sales', time: 'month', horizon: 12 },
}

/** `tapeloop init`: writes a configuration to begin with. */
export function addInit(program: Command, { output }: Shell): void {
  program
    .command('init')
    .summary('write a configuration to begin with')
    .description(
      'Writes tapeloop.config.json (or .ts), with the settings that are changed most often, for train --config.',
    )
    .argument('[folder]', 'where to', '.')
    .option('--task <name>', `what is to be learned: ${taskNames.join(', ')}`, 'language-model')
    .option('--format <name>', 'json or ts', 'json')
    .action((folder: string, { task, format }: InitFlags) => {
      checkValue('--task', { type: 'choice', choices: taskNames, default: '', doc: '' }, task)
      checkValue('--format', { type: 'choice', choices: ['json', 'ts'], default: '', doc: '' }, format)
      const file = join(folder, `tapeloop.config.${format}`)
      if (existsSync(file)) refuseUsage(`"${file}" is there already; change it, or delete it first.`)
      if (!existsSync(folder)) refuseUsage(`"${folder}" is not there; name a folder that is.`)
      const json = JSON.stringify(configFor(task as TaskName), null, 2)
      writeFileSync(
        file,
        format === 'json' ? `${json}\n` : `export default ${json.replaceAll(/"(\w+)":/g, '$1:')}\n`,
      )
      output.write(
        `${file} is written. Say in it what to learn; then\n  ${commandLine('train', '--config', file, '--dry-run')}\nshows what would be done, and without --dry-run it is.\n`,
      )
    })
}

/** The example of a task, and the settings that all share, but for those that the task settles by the data. */
function configFor(task: TaskName): Readonly<Record<string, unknown>> {
  const { wide: _, ...common } = defaultsOf(commonSettings)
  const chosen = { ...common, ...taskNamed(task).presets }
  const said = Object.entries(chosen).filter(([, value]) => value !== undefined)
  return { task, ...examples[task], cell: 'lstm', ...Object.fromEntries(said) }
}
