import { TapeloopError } from '@tapeloop/core'
import { cellNamed, registeredCells, resolveOptions, type OptionSpecs } from '@tapeloop/layers'
import { languageModel, type LanguageModel } from '@tapeloop/models'
import { optimizers, schedules, type Optimizer } from '@tapeloop/tapeloop'
import { UsageError } from '../errors.js'
import { checkValue, flagOf } from '../flags/specs.js'
import { counted } from '../terminal/numbers.js'
import { settings, stepSettings, type Settings } from './settings.js'

/** Everything a training follows from but its text and its tokenizer: what `run.json` holds as `config`. */
export interface RunConfig extends Settings {
  /** where the text came from, for people to read; the text itself is in the folder */
  readonly text: string
  /** values of the cell's own options */
  readonly options: Readonly<Record<string, number | boolean | string>>
  readonly steps: number
  /** where the user asked for epochs; `steps` says the same */
  readonly epochs?: number
  readonly validEvery: number
  readonly sampleEvery: number
}

/**
 * Reads back what `run.json` holds. Its cell must be in the registry, or have been given as a file.
 *
 * @throws one sentence that names the file and the part of it that cannot be right
 */
export function parseConfig(where: string, value: Readonly<Record<string, unknown>>): RunConfig {
  const { epochs: _, ...steps } = stepSettings
  const specs: OptionSpecs = { ...settings, ...steps }
  // a run from before there was such a setting was not wide
  value = { wide: false, ...value }
  try {
    for (const [name, spec] of Object.entries(specs)) checkValue(name, spec, value[name])
    const cell = cellNamed(value['cell'] as string)
    const { text, options } = value
    if (typeof text !== 'string') throw new TapeloopError('text is missing')
    if (typeof options !== 'object' || options === null) throw new TapeloopError('options are missing')
    resolveOptions(cell.name, cell.options, options as Record<string, unknown>)
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\.$/, '') : String(error)
    const isStrange = typeof value['cell'] === 'string' && !registeredCells.has(value['cell'])
    const remedy = isStrange
      ? 'if it is your own, name its file by --cell, as in --cell ./my-cell.js'
      : 'restore it from a copy'
    throw new TapeloopError(`"${where}" cannot be used: ${reason}; ${remedy}.`, { cause: error })
  }
  return value as unknown as RunConfig
}

/** More parameters than a computer holds four times, as training does (with gradients and Adam's two means). */
const mostParameters = 2 ** 29

/** Refuses a model that no memory holds, before anything tries. */
export function checkFits(parameters: number): void {
  if (parameters <= mostParameters) return
  throw new UsageError(
    `A model of ${counted(parameters, 'parameter')} does not fit into memory; make it smaller by --hidden or --parameters.`,
  )
}

/** One setting that a user names and a run has otherwise. */
export interface Difference {
  readonly flag: string
  readonly saved: unknown
  readonly given: unknown
}

/** Where what the user gave differs from what a run was started with. */
export function differences(config: RunConfig, given: Readonly<Record<string, unknown>>): Difference[] {
  const saved: Readonly<Record<string, unknown>> = {
    ...resolveOptions(config.cell, cellNamed(config.cell).options, config.options),
    ...config,
  }
  return Object.entries(given)
    .filter(([name, value]) => value !== undefined && saved[name] !== value)
    .map(([name, value]) => ({ flag: flagOf(name), saved: saved[name], given: value }))
}

/** The model of a run. */
export function modelOf(config: RunConfig, vocabularySize: number): LanguageModel {
  const { cell, hidden, layers, embedding, options } = config
  return languageModel({
    cell: cellNamed(cell),
    vocabularySize,
    hiddenSize: hidden,
    layers,
    options,
    ...(embedding > 0 && { embeddingSize: embedding }),
  })
}

/** The optimizer of a training of so many steps. */
export function optimizerOf(
  { optimizer, lr, schedule }: Pick<Settings, 'optimizer' | 'lr' | 'schedule'>,
  steps: number,
): Optimizer {
  const make = optimizers[optimizer as keyof typeof optimizers]
  const learningRate = schedule === 'cosine' ? schedules.cosine({ peak: lr, floor: lr / 10, steps }) : lr
  return make({ learningRate })
}
