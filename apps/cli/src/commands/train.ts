import type { Command } from 'commander'
import { chooseBackend } from '../backend.js'
import { configSettings } from '../config/config-file.js'
import { resolveSettings } from '../config/resolve.js'
import { allCellOptions, ownersOf } from '../flags/cell-options.js'
import { addFlags, givenValues, valuesOf, type SettingSpec } from '../flags/specs.js'
import type { Shell } from '../shell.js'
import { taskSettings } from '../tasks/index.js'
import { taskNames, type TaskName } from '../tasks/task.js'
import { liveLine } from '../terminal/live-line.js'
import { dryRun } from '../training/dry-run.js'
import { planNew, planResumed } from '../training/prepare.js'
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
import { addExamples } from './examples.js'

interface TrainFlags extends Readonly<Record<string, unknown>> {
  readonly out?: string
  readonly config?: string
  readonly task?: TaskName
  readonly resume?: true
  readonly dryRun?: true
  readonly json?: true
}

const task: SettingSpec = { type: 'choice', choices: taskNames, default: '', doc: 'what is to be learned' }

/** What the help says of defaults that are not the same for all tasks and data. */
const defaults = {
  hidden: '128; forecast 32',
  seqLength:
    '64; classify 500, the most of an example that is read; forecast what a season suggests, the times that are known',
  lr: '0.01; classify and forecast 0.005',
  clip: '5; classify and forecast 1',
  patience: '0; forecast 5',
  dropout: '0; classify 0.3',
}

const taskDefaults = {
  lines: 'seen from the text',
  target: 'the only column of numbers',
  time: 'the only column of times',
  inputs: 'none',
  horizon: 'a season, at most 24',
  season: 'seen from the times and the values',
  textColumn: 'the only column of text',
  labelColumn: 'the only column of categories',
  vocabulary: 'as many as there are; bpe and unigram 8,192',
}

/** `tapeloop train`: trains a model on data, or goes on with a training that was stopped. */
export function addTrain(program: Command, { output, input, exitWith }: Shell): void {
  const command = program
    .command('train')
    .summary('train a model on texts or a table')
    .description(
      'Trains a recurrent network on data and keeps it in a folder: to write like a text (language-model), to tell the class of ' +
        'a text or a sequence (classify), or to forecast a series of numbers (forecast). Which, is seen from the data where it is ' +
        'plain. Without a file the text is Moby-Dick. Ctrl-C saves; --resume goes on as if nothing had happened.',
    )
    .argument(
      '[files...]',
      'data in UTF-8: files, folders of texts, patterns such as "*.txt", or - for standard input',
    )
    .option('-o, --out <folder>', 'the folder for the model, its checkpoints and metrics')
    .option('--config <file>', 'settings from tapeloop.config.json, .js or .ts; see tapeloop init')
    .option('--resume', 'go on with the training in --out, with its data and its settings')
    .option('--dry-run', 'only show what would be done, and what it would take')
    .option('--json', 'write events, one JSON object a line')
  addFlags(command, { task }, { defaults: { task: 'seen from the data' } })
  addFlags(command, settings, { defaults })
  addFlags(command, stepSettings, { defaults: stepDefaults })
  addFlags(command, machine, { defaults: machineDefaults })
  addFlags(command, taskSettings, { group: 'Options of some tasks:', defaults: taskDefaults })
  const cellOptions = allCellOptions()
  addFlags(command, cellOptions, { group: 'Options of some cells:', notes: ownersOf(cellOptions) })
  addExamples(command, [
    ['train book.txt --out runs/book --cell gru --hidden 256', 'a text'],
    [
      'train poems/ "letters/*.txt" --out runs/texts --tokenizer bpe --vocabulary 2000',
      'several, in parts of words',
    ],
    ['train names/ --task classify --out runs/names', 'a folder with a text file for each class'],
    [
      'train mails.csv --out runs/mails --text-column body --label-column folder',
      'a table of texts and classes',
    ],
    ['train sales.csv --out runs/sales --target sales --time month --horizon 12', 'a series of numbers'],
    ['train --config tapeloop.config.json --dry-run', 'what a configuration would do'],
    ['train --out runs/book --resume', 'on with what was stopped'],
  ])
  command.action(async (files: readonly string[], flags: TrainFlags) => {
    const said = {
      files,
      out: flags.out,
      config: flags.config,
      task: flags.task,
      given: givenValues(configSettings, flags),
      options: givenValues(cellOptions, flags),
    }
    const { origins, options, ...resolved } = await resolveSettings(said, process.env, cellOptions)
    const live = output.isTerminal && !flags.json ? liveLine(output) : null
    const request = {
      ...resolved,
      options: options as CellOptions,
      stdin: input,
      notice: (what: string, done: number) => live?.show(() => `${what} ${Math.floor(100 * done)} %`),
    }
    const planned = await (flags.resume ? planResumed(request) : planNew(request))
    live?.clear()
    const { threads } = valuesOf(machine, flags)
    const backend = await chooseBackend(output, planned.config.wide, threads)
    if (flags.dryRun) return dryRun(planned, origins, backend, output, flags.json === true)
    const reporterFor = flags.json ? jsonReporter : output.isTerminal ? liveReporter : lineReporter
    return exitWith(await train(planned, reporterFor(output), backend, output.closed))
  })
}
