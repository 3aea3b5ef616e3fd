import { availableParallelism } from 'node:os'
import type { OptionSpecs, OptionValues } from '@tapeloop/layers'
import { optimizers } from '@tapeloop/train'
import { cellNames } from '../flags/cell-options.js'
import { whole } from '../flags/specs.js'

/** Whether to compute with vectors of 256 bits, which a Node that has them does only after a check of the numbers. */
export const wide = {
  type: 'boolean',
  default: true,
  doc: 'use vectors of 256 bits where Node has them (24 or later, on x64)',
} as const

/** What a command may use of the machine; no number depends on it, so no run keeps it. */
export const machine = {
  threads: {
    ...whole(1, Math.min(4, availableParallelism()), 'how many threads share the work'),
    max: 64,
  },
} as const satisfies OptionSpecs

/** What the help says of these defaults. */
export const machineDefaults = { threads: 'as many as there are processors, up to 4' }

/** The ways that a learning rate may go; the numbers in `optimizerOf`. */
const scheduleNames = [
  'cosine',
  'constant',
  'linear',
  'exponential',
  'step',
  'one-cycle',
  'warm-restarts',
  'inverse-root',
  'plateau',
] as const

/** What `train` and `compare` share: the size of the network, and how it is trained. */
export const commonSettings = {
  hidden: whole(1, 128, 'units of each layer'),
  layers: { ...whole(1, 1, 'layers on top of each other'), max: 100 },
  seqLength: whole(1, 64, 'steps that gradients flow back through'),
  batchSize: whole(1, 32, 'sequences of a batch'),
  optimizer: {
    type: 'choice',
    choices: Object.keys(optimizers),
    default: 'adam',
    doc: 'the optimizer',
  },
  lr: {
    type: 'number',
    default: 1e-2,
    min: 1e-9,
    doc: 'learning rate, at its largest; less, as 2e-3, suits a plain rnn',
  },
  schedule: {
    type: 'choice',
    choices: scheduleNames,
    default: 'cosine',
    doc: 'how the learning rate goes',
  },
  clip: { type: 'number', default: 5, min: 0, doc: 'largest norm of all gradients together; 0 for no limit' },
  seed: whole(0, 1, 'all that is random follows from it'),
  wide,
} as const satisfies OptionSpecs

const rate = (doc: string) => ({ type: 'number', default: 0, min: 0, max: 0.99, doc }) as const

/** The rest of the toolkit: all of it off unless asked for. */
export const toolkitSettings = {
  warmup: whole(0, 0, 'steps in which the learning rate rises from 0'),
  weightDecay: { type: 'number', default: 0, min: 0, doc: 'weight decay; 0 for that of the optimizer' },
  ema: {
    ...rate('keep the running mean of the weights, so much of it at each step; 0 for none'),
    max: 0.99999,
  },
  accumulate: whole(1, 1, 'batches whose gradients make one update'),
  patience: whole(
    0,
    0,
    'stop after so many validations without a better one, with the best weights; 0 for never',
  ),
  dropout: rate('part of the units that each layer drops of its output'),
  recurrentDropout: rate('part of what a cell adds to its state that is dropped'),
  zoneout: rate('part of the units that keep their state for a step'),
  weightDrop: rate('part of the recurrent weights that is dropped for a sequence'),
} as const satisfies OptionSpecs

/** What any training can be told, besides its data, the task's own settings and the cell's options. */
export const settings = {
  cell: {
    type: 'choice',
    // read when a command is made, after cells of the user
    get choices() {
      return cellNames()
    },
    default: 'lstm',
    doc: 'the recurrent cell',
  },
  ...commonSettings,
  ...toolkitSettings,
  validFraction: {
    type: 'number',
    default: 0.1,
    min: 0,
    max: 0.9,
    doc: 'the part of the data to validate on; of a text or a series its end',
  },
  checkpointEvery: whole(1, 200, 'steps between checkpoints'),
  keepEvery: whole(0, 0, 'steps between models that are kept for good; 0 for none'),
} as const satisfies OptionSpecs

/** Numbers of steps whose default depends on the data; see `defaultSteps` and `defaultValidEvery`. */
export const stepSettings = {
  steps: whole(1, 1, 'how many batches to train on'),
  epochs: whole(1, 1, 'how often to read the data, in the place of --steps'),
  validEvery: whole(1, 1, 'steps between validations'),
  sampleEvery: whole(1, 1, 'steps between samples'),
} as const satisfies OptionSpecs

/** What the help says of these defaults. */
export const stepDefaults = {
  steps: 'those of 20 epochs, but at least 500 and at most 2,000; of classify 4,000',
  epochs: '--steps decides',
  validEvery: 'a tenth of all, or as many as make it cheap',
  sampleEvery: 'a fifth of all',
}

/** What is chosen of `commonSettings`. */
export type CommonSettings = OptionValues<typeof commonSettings>

/** What is chosen of `settings`. */
export type Settings = OptionValues<typeof settings>

/** What is chosen of `toolkitSettings`. */
export type ToolkitSettings = OptionValues<typeof toolkitSettings>

/** What is chosen of `stepSettings`. */
export type StepSettings = OptionValues<typeof stepSettings>

/** Values of the cell's own options. */
export type CellOptions = Readonly<Record<string, never>>

/** All that is chosen before the data is read: settings, and those of the task by their names. */
export type Chosen = Settings & { readonly options: CellOptions } & Readonly<Record<string, unknown>>

/** How many batches to train on where the user does not say: enough for little data, not too many for much. */
export function defaultSteps(batchesPerEpoch: number, most: number): number {
  return Math.min(Math.max(20 * batchesPerEpoch, 500), most)
}

/**
 * How often to validate where the user does not say: ten times a run, unless there is so much to validate on that this
 * would take more than a fifth of the time. A step forward costs a third of one that learns.
 *
 * @param batch how much a batch holds
 * @param validation how much there is to validate on, in the same unit
 */
export function defaultValidEvery(steps: number, batch: number, validation: number): number {
  const cheap = Math.ceil((5 * validation) / 3 / batch)
  return Math.max(1, Math.ceil(steps / 10), cheap)
}
