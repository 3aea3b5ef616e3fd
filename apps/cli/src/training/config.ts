import { TapeloopError } from '@tapeloop/core'
import { cellNamed, registeredCells, resolveOptions } from '@tapeloop/layers'
import { UsageError } from '../errors.js'
import { checkValue, defaultsOf, flagOf, listOf, type SettingSpecs } from '../flags/specs.js'
import { taskNamed } from '../tasks/index.js'
import { taskNames, type JsonRecord, type TaskKind, type TaskName } from '../tasks/task.js'
import { counted } from '../terminal/numbers.js'
import { settings, stepSettings, type Chosen } from './settings.js'

/** Everything a training follows from but its data and its tokenizer: what `run.json` holds as `config`. */
export interface RunConfig extends Chosen {
  readonly task: TaskName
  /** where the data came from, for people to read; the data itself is in the folder */
  readonly source: string
  readonly steps: number
  /** where the user asked for epochs; `steps` says the same */
  readonly epochs?: number
  readonly validEvery: number
  readonly sampleEvery: number
  /** what the task found in the data and its model needs */
  readonly found: JsonRecord
}

/** All settings of a run of a task. */
function specsOf(task: TaskKind): SettingSpecs {
  const { epochs: _, ...steps } = stepSettings
  return { ...settings, ...steps, ...task.settings }
}

/**
 * Reads back what `run.json` holds. Its cell must be in the registry, or have been given as a file.
 *
 * @throws one sentence that names the file and the part of it that cannot be right
 */
export function parseConfig(where: string, value: Readonly<Record<string, unknown>>): RunConfig {
  try {
    const name = value['task'] ?? 'language-model'
    checkValue('task', { type: 'choice', choices: taskNames, default: '', doc: '' }, name)
    const task = taskNamed(name as TaskName)
    const { steps: _, validEvery: __, sampleEvery: ___, ...specs } = specsOf(task)
    // a setting that a run is older than is as it was then: off
    const older = { ...defaultsOf(specs), wide: false, found: {}, task: name, source: value['text'] }
    const config: JsonRecord = { ...older, ...value }
    for (const [setting, spec] of Object.entries(specsOf(task))) checkValue(setting, spec, config[setting])
    const cell = cellNamed(config['cell'] as string)
    if (typeof config['source'] !== 'string') throw new TapeloopError('source is missing')
    for (const part of ['options', 'found']) {
      if (typeof config[part] !== 'object' || config[part] === null) {
        throw new TapeloopError(`${part} are missing`)
      }
    }
    resolveOptions(cell.name, cell.options, config['options'] as JsonRecord)
    return config as unknown as RunConfig
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\.$/, '') : String(error)
    const isStrange = typeof value['cell'] === 'string' && !registeredCells.has(value['cell'])
    const remedy = isStrange
      ? 'if it is your own, name its file by --cell, as in --cell ./my-cell.js'
      : 'restore it from a copy'
    throw new TapeloopError(`"${where}" cannot be used: ${reason}; ${remedy}.`, { cause: error })
  }
}

/** Refuses settings of other tasks. */
export function checkOwnSettings(task: TaskKind, given: JsonRecord, all: SettingSpecs): void {
  const own = specsOf(task)
  const strange = Object.keys(given).filter((name) => Object.hasOwn(all, name) && !Object.hasOwn(own, name))
  if (strange.length === 0) return
  throw new UsageError(
    `${listOf(strange.map(flagOf), 'and')} ${strange.length === 1 ? 'is' : 'are'} for another task than ` +
      `${task.title}; leave ${strange.length === 1 ? 'it' : 'them'} out, or name the task by --task.`,
  )
}

/** More parameters than a computer holds four times, as training does (with gradients and Adam's two means). */
const mostParameters = 2 ** 29

/** Refuses a model that no memory holds, before anything tries. */
export function checkFits(parameters: number, remedy = 'make it smaller by --hidden or --parameters'): void {
  if (parameters <= mostParameters) return
  throw new UsageError(`A model of ${counted(parameters, 'parameter')} does not fit into memory; ${remedy}.`)
}

/** One setting that a user names and a run has otherwise. */
export interface Difference {
  readonly flag: string
  readonly saved: unknown
  readonly given: unknown
}

/** Where what the user gave differs from what a run was started with. */
export function differences(config: RunConfig, given: JsonRecord): Difference[] {
  const saved: JsonRecord = {
    ...resolveOptions(config.cell, cellNamed(config.cell).options, config.options),
    ...config,
  }
  return Object.entries(given)
    .filter(([name, value]) => value !== undefined && saved[name] !== value)
    .map(([name, value]) => ({ flag: flagOf(name), saved: saved[name], given: value }))
}
