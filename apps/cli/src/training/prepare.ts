import { cellNamed } from '@tapeloop/layers'
import { refuseUsage } from '../errors.js'
import { checkCellOptions } from '../flags/cell-options.js'
import { defaultsOf, listOf } from '../flags/specs.js'
import type { Input } from '../shell.js'
import { mobyDickSource } from '../moby-dick.js'
import { openSource, type Source } from '../sources/source.js'
import { guessTask } from '../tasks/guess.js'
import { taskNamed, taskSettings } from '../tasks/index.js'
import type { Beginning, Learner, Notice, TaskName } from '../tasks/task.js'
import { checkFits, checkOwnSettings, differences, type RunConfig } from './config.js'
import { beginRun, checkVacant, reopenRun, type OpenedRun } from './run-folder.js'
import {
  defaultSteps,
  defaultValidEvery,
  settings,
  type CellOptions,
  type Chosen,
  type StepSettings,
} from './settings.js'

/** What a user asks to be trained. */
export interface Request {
  readonly out: string
  /** files, folders, patterns, or `-`; none is Moby-Dick, or for a run that goes on what it has */
  readonly files: readonly string[]
  readonly stdin: Input
  /** null where it is to be seen from the data */
  readonly task: TaskName | null
  /** settings, of the task too */
  readonly given: Readonly<Record<string, unknown>> & Partial<StepSettings>
  readonly options: CellOptions
  /** hears of what takes long */
  readonly notice?: Notice
}

/** A training that can begin. */
export interface Planned {
  readonly out: string
  readonly config: RunConfig
  readonly learner: Learner
  /** why it is this task, where the user did not say */
  readonly guess: string | null
  /** Makes its folder. */
  begin(): Promise<OpenedRun>
}

/**
 * Plans a new training, for a folder that is not there or empty. Nothing is written yet.
 *
 * @throws where the folder is taken, the data cannot be used, or settings do not go together
 */
export async function planNew({
  out,
  files,
  stdin,
  task,
  given,
  options,
  notice,
}: Request): Promise<Planned> {
  if (given.steps !== undefined && given.epochs !== undefined) {
    refuseUsage('--steps and --epochs are both given; give one of them.')
  }
  const cell = given['cell'] ?? settings.cell.default
  checkCellOptions([cellNamed(cell as string)], options)
  await checkVacant(out)
  const source: Source = files.length === 0 ? mobyDickSource() : await openSource(files, stdin)
  const guessed = task === null ? await guessTask(source, given) : { task, reason: null }
  const kind = taskNamed(guessed.task)
  checkOwnSettings(kind, given, taskSettings)
  const chosen = {
    ...defaultsOf(settings),
    ...defaultsOf(kind.settings),
    ...kind.presets,
    ...given,
    options,
  } as Chosen
  const beginning = await kind.begin(source, chosen, notice)
  const { learner, settled, found } = beginning
  const config: RunConfig = {
    ...chosen,
    ...stepsOf(given, learner, kind.mostSteps),
    ...settled,
    task: kind.name,
    source: source.name,
    found,
  }
  checkFits(learner.parameters)
  return { out, config, learner, guess: guessed.reason, begin: () => beginRun(out, beginning, config) }
}

/** Settles what depends on how much data there is. */
function stepsOf(given: Partial<StepSettings>, learner: Learner, most: number) {
  const { batchesPerEpoch, batch, validation } = learner
  const { epochs } = given
  const steps =
    epochs === undefined ? (given.steps ?? defaultSteps(batchesPerEpoch, most)) : epochs * batchesPerEpoch
  return {
    steps,
    ...(epochs !== undefined && { epochs }),
    validEvery: given.validEvery ?? defaultValidEvery(steps, batch.size, validation),
    sampleEvery: given.sampleEvery ?? Math.ceil(steps / 5),
  }
}

/**
 * Plans to go on with a training, with the data and the settings that are in its folder.
 *
 * @throws one sentence with all differences between what the user names again and what the folder says, or where the
 *   folder holds no whole run
 */
export async function planResumed({ out, files, stdin, task, given, options }: Request): Promise<Planned> {
  const opened = await reopenRun(out)
  const { config } = opened
  const named = { ...given, ...options, ...(task && { task }) }
  const different = differences(config, named).map(
    ({ flag, saved, given }) =>
      `${flag} ${String(given)} (it is ${saved === undefined ? 'not set' : String(saved)})`,
  )
  if (different.length > 0) {
    refuseUsage(
      `"${out}" was started with other settings than ${listOf(different, 'and')}; leave them out to go on, ` +
        'or start anew in another --out.',
    )
  }
  const kind = taskNamed(config.task)
  if (files.length > 0) {
    await checkSameData(out, opened, await kind.begin(await openSource(files, stdin), config), files)
  }
  const learner = await kind.resume(opened)
  checkFits(learner.parameters, `restore "${out}/run.json" from a copy`)
  return { out, config, learner, guess: null, begin: () => Promise.resolve(opened) }
}

async function checkSameData(
  out: string,
  { config, read }: OpenedRun,
  { files }: Beginning,
  named: readonly string[],
): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    if ((await read(file)) === text) continue
    refuseUsage(
      `"${named.join(' ')}" is not the text that "${out}" was started with (${config.source}, kept in the folder); ` +
        'leave the file out to go on, or start anew in another --out.',
    )
  }
}
