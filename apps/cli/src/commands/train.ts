import type { Command } from 'commander'
import { chooseBackend } from '../backend.js'
import type { Shell } from '../shell.js'
import { refuseUsage } from '../errors.js'
import { allCellOptions, ownersOf } from '../flags/cell-options.js'
import { addFlags, givenValues, valuesOf } from '../flags/specs.js'
import type { RunConfig } from '../training/config.js'
import { prepareNew, prepareResumed } from '../training/prepare.js'
import { jsonReporter } from '../training/report-json.js'
import { lineReporter } from '../training/report-lines.js'
import { liveReporter } from '../training/report-live.js'
import { machine, machineDefaults, settings, stepDefaults, stepSettings } from '../training/settings.js'
import { train } from '../training/train.js'

interface TrainFlags extends Readonly<Record<string, unknown>> {
  readonly out: string
  readonly resume?: true
  readonly json?: true
}

/** `tapeloop train`: trains a character model on a text, or goes on with a training that was stopped. */
export function addTrain(program: Command, { output, exitWith }: Shell): void {
  const command = program
    .command('train')
    .summary('train a character model on a text')
    .description(
      'Trains a recurrent network to write like a text, and keeps it in a folder. Without a file the text is Moby-Dick. ' +
        'Ctrl-C saves; --resume goes on as if nothing had happened.',
    )
    .argument('[file]', 'a text in UTF-8')
    .requiredOption('-o, --out <folder>', 'the folder for the model, its checkpoints and metrics')
    .option('--resume', 'go on with the training in --out, with its text and its settings')
    .option('--json', 'write events, one JSON object a line')
  addFlags(command, settings)
  addFlags(command, stepSettings, { defaults: stepDefaults })
  addFlags(command, machine, { defaults: machineDefaults })
  const cellOptions = allCellOptions()
  addFlags(command, cellOptions, { group: 'Options of some cells:', notes: ownersOf(cellOptions) })
  command.action(async (file: string | undefined, flags: TrainFlags) => {
    const { out } = flags
    if (out === '') refuseUsage('--out is empty; name a folder.')
    const given = givenValues({ ...settings, ...stepSettings }, flags)
    const options = givenValues(cellOptions, flags) as RunConfig['options']
    const prepared = flags.resume
      ? await prepareResumed(out, file, { ...given, ...options })
      : await prepareNew(out, file, given, options)
    const reporterFor = flags.json ? jsonReporter : output.isTerminal ? liveReporter : lineReporter
    const { threads } = valuesOf(machine, flags)
    const backend = await chooseBackend(output, prepared.config.wide, threads)
    exitWith(await train(prepared, reporterFor(output), backend, output.closed))
  })
}
