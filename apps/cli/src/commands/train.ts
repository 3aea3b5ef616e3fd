import type { Command } from 'commander'
import { chooseBackend } from '../backend.js'
import { refuseUsage } from '../errors.js'
import { allCellOptions, ownersOf } from '../flags/cell-options.js'
import { addFlags, givenValues, valuesOf } from '../flags/specs.js'
import type { Shell } from '../shell.js'
import { taskSettings } from '../tasks/index.js'
import { taskNames, type TaskName } from '../tasks/task.js'
import { planNew, planResumed, type Request } from '../training/prepare.js'
import { jsonReporter } from '../training/report-json.js'
import { lineReporter } from '../training/report-lines.js'
import { liveReporter } from '../training/report-live.js'
import {
  machine,
  machineDefaults,
  settings,
  stepDefaults,
  stepSettings,
  type CellOptions,
} from '../training/settings.js'
import { train } from '../training/train.js'

interface TrainFlags extends Readonly<Record<string, unknown>> {
  readonly out: string
  readonly task?: TaskName
  readonly resume?: true
  readonly json?: true
}

/** `tapeloop train`: trains a model on data, or goes on with a training that was stopped. */
export function addTrain(program: Command, { output, input, exitWith }: Shell): void {
  const command = program
    .command('train')
    .summary('train a model on a text or a table')
    .description(
      'Trains a recurrent network to write like a text, and keeps it in a folder. Without a file the text is Moby-Dick. ' +
        'Ctrl-C saves; --resume goes on as if nothing had happened.',
    )
    .argument(
      '[files...]',
      'texts in UTF-8, folders of them, patterns such as "*.txt", or - for standard input',
    )
    .requiredOption('-o, --out <folder>', 'the folder for the model, its checkpoints and metrics')
    .option('--resume', 'go on with the training in --out, with its data and its settings')
    .option('--json', 'write events, one JSON object a line')
  addFlags(
    command,
    { task: { type: 'choice', choices: taskNames, default: '', doc: 'what is to be learned' } },
    { defaults: { task: 'seen from the data' } },
  )
  addFlags(command, settings)
  addFlags(command, stepSettings, { defaults: stepDefaults })
  addFlags(command, machine, { defaults: machineDefaults })
  addFlags(command, taskSettings, { group: 'Options of some tasks:' })
  const cellOptions = allCellOptions()
  addFlags(command, cellOptions, { group: 'Options of some cells:', notes: ownersOf(cellOptions) })
  command.action(async (files: readonly string[], flags: TrainFlags) => {
    const { out } = flags
    if (out === '') refuseUsage('--out is empty; name a folder.')
    const request: Request = {
      out,
      files,
      stdin: input,
      task: flags.task ?? null,
      given: givenValues({ ...settings, ...stepSettings, ...taskSettings }, flags),
      options: givenValues(cellOptions, flags) as CellOptions,
    }
    const planned = await (flags.resume ? planResumed(request) : planNew(request))
    const reporterFor = flags.json ? jsonReporter : output.isTerminal ? liveReporter : lineReporter
    const { threads } = valuesOf(machine, flags)
    const backend = await chooseBackend(output, planned.config.wide, threads)
    exitWith(await train(planned, reporterFor(output), backend, output.closed))
  })
}
