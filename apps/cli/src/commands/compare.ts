import { cellNamed, registeredCells, type Cell, type OptionSpecs } from '@tapeloop/layers'
import type { Command } from 'commander'
import { chooseBackend } from '../backend.js'
import type { Shell } from '../shell.js'
import { addingExperiment } from '../comparison/adding.js'
import { compare, entriesFor } from '../comparison/compare.js'
import type { Experiment } from '../comparison/experiment.js'
import { jsonComparison } from '../comparison/report-json.js'
import { comparisonFiles, writeComparison } from '../comparison/report-files.js'
import { textComparison } from '../comparison/report-text.js'
import { textExperiment } from '../comparison/text.js'
import { wordsExperiment } from '../comparison/words.js'
import { refuseUsage } from '../errors.js'
import { allCellOptions, cellNames, checkCellOptions, ownersOf } from '../flags/cell-options.js'
import { addFlags, defaultsOf, givenValues, listOf, valuesOf, whole } from '../flags/specs.js'
import { suggestion } from '../flags/suggestion.js'
import { listenForInterruption } from '../interruption.js'
import { checkFits } from '../training/config.js'
import { commonSettings, machine, machineDefaults, type CommonSettings } from '../training/settings.js'

const compareSettings = {
  ...commonSettings,
  steps: whole(1, 1000, 'how many batches each cell learns from'),
  seconds: {
    type: 'number',
    default: 60,
    min: 0.1,
    doc: 'how long each training takes, in the place of --steps',
  },
  parameters: whole(1, 1, 'how many parameters every cell has, as nearly as its hidden size allows'),
  seeds: { ...whole(1, 3, 'how often each cell is trained'), max: 1000 },
} as const satisfies OptionSpecs

/** What is better for one of the experiments than the common default. */
interface Presets extends Partial<CommonSettings> {
  readonly steps?: number
}
const presets: Readonly<Record<string, Presets>> = {
  words: { hidden: 64, batchSize: 64, steps: 2000 },
  adding: { hidden: 64, seqLength: 50, schedule: 'constant', clip: 1, steps: 3000 },
}

const defaults = {
  hidden: '128; words and adding 64',
  seqLength: '64; adding 50, as long as each word for words',
  batchSize: '32; words 64',
  schedule: 'cosine; adding constant',
  clip: '5; adding 1',
  steps: '1,000; words 2,000, adding 3,000',
  seconds: '--steps decides',
  parameters: 'those of the first cell at --hidden',
  seed: '1, and on from it',
}

interface CompareFlags extends Readonly<Record<string, unknown>> {
  readonly cells: string
  readonly out?: string
  readonly json?: true
}

/** `tapeloop compare`: cells with equally many parameters learn the same, under the same setting. */
export function addCompare(program: Command, { output, exitWith }: Shell): void {
  const command = program
    .command('compare')
    .summary('compare cells of equal size')
    .description(
      'Trains cells with equally many parameters on the same task, for equally many steps or seconds, with one setting ' +
        'for all and several seeds, and says which differences are larger than those between seeds. The task: to go on with a text, to spell English words ' +
        '(words), or to remember two numbers (adding).',
    )
    .argument('<task>', 'a text in UTF-8, words, or adding')
    .option('--cells <names>', 'the cells, with commas between them', 'rnn,lstm,gru')
    .option('-o, --out <folder>', `where to write ${listOf(comparisonFiles, 'and')}`)
    .option('--json', 'write one JSON object for each training, and one for all')
  addFlags(command, compareSettings, { defaults })
  addFlags(command, machine, { defaults: machineDefaults })
  const options = allCellOptions()
  addFlags(command, options, { group: 'Options of the cells that have them:', notes: ownersOf(options) })
  command.action(async (task: string, flags: CompareFlags) => {
    const given = givenValues(compareSettings, flags)
    const { seconds } = given
    if (given.steps !== undefined && seconds !== undefined) {
      refuseUsage('--steps and --seconds are both given; give one of them.')
    }
    const settings = { ...defaultsOf(compareSettings), ...presets[task], ...given }
    const cells = cellsOf(flags.cells)
    const cellOptions = givenValues(options, flags)
    checkCellOptions(cells, cellOptions)
    const experiment = await experimentFor(task, settings)
    const sizes = { hidden: settings.hidden, parameters: given.parameters, steps: settings.steps }
    const { entries, parameters } = entriesFor(experiment, cells, cellOptions, sizes)
    for (const entry of entries) checkFits(entry.parameters)
    const common = Object.keys(commonSettings).map((name) => [name, settings[name as keyof CommonSettings]])
    const interruption = listenForInterruption(() => undefined)
    const signal = AbortSignal.any([interruption.signal, output.closed])
    const backend = await chooseBackend(output, settings.wide, valuesOf(machine, flags).threads)
    const planned = {
      experiment,
      entries,
      parameters,
      settings: Object.fromEntries(common) as CommonSettings,
      ...(seconds !== undefined && { seconds }),
      seeds: Array.from({ length: settings.seeds }, (_, i) => settings.seed + i),
    }
    const reporterFor = flags.json ? jsonComparison : textComparison
    const { comparison, results } = await compare(planned, reporterFor(output), backend, signal)
    if (flags.out !== undefined) await writeComparison(flags.out, comparison, results)
    interruption.release()
    exitWith(interruption.exitCode())
  })
}

function experimentFor(task: string, settings: CommonSettings): Promise<Experiment> | Experiment {
  if (task === 'words') return wordsExperiment(settings)
  return task === 'adding' ? addingExperiment(settings) : textExperiment(task, settings)
}

function cellsOf(list: string): Cell[] {
  const names = list.split(',').map((name) => name.trim())
  const strange = names.find((name) => !registeredCells.has(name))
  if (strange !== undefined) {
    refuseUsage(
      `--cells names "${strange}"; the cells are ${listOf(cellNames(), 'and')}${suggestion(strange, cellNames())}.`,
    )
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) refuseUsage(`--cells names ${twice} twice; name each cell once.`)
  return names.map(cellNamed)
}
