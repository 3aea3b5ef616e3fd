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
    choices: ['cosine', 'constant'],
    default: 'cosine',
    doc: 'the learning rate falls to a tenth, or stays',
  },
  clip: { type: 'number', default: 5, min: 0, doc: 'largest norm of all gradients together; 0 for no limit' },
  seed: whole(0, 1, 'all that is random follows from it'),
  wide,
} as const satisfies OptionSpecs

/** What a training on a text can be told, besides the text and the cell's own options. */
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
  embedding: whole(0, 0, 'length of a learned vector for each character; 0 for one-hot'),
  validFraction: {
    type: 'number',
    default: 0.1,
    min: 0,
    max: 0.9,
    doc: 'the part of the text, at its end, to validate on',
  },
  checkpointEvery: whole(1, 200, 'steps between checkpoints'),
} as const satisfies OptionSpecs

/** Numbers of steps whose default depends on the text; see `defaultSteps` and `defaultValidEvery`. */
export const stepSettings = {
  steps: whole(1, 1, 'how many batches to train on'),
  epochs: whole(1, 1, 'how often to read the text, in the place of --steps'),
  validEvery: whole(1, 1, 'steps between validations'),
  sampleEvery: whole(1, 1, 'steps between samples'),
} as const satisfies OptionSpecs

/** What the help says of these defaults. */
export const stepDefaults = {
  steps: 'those of 20 epochs, but at least 500 and at most 2,000',
  epochs: '--steps decides',
  validEvery: 'a tenth of all, or as many as make it cheap',
  sampleEvery: 'a fifth of all',
}

/** What is chosen of `commonSettings`. */
export type CommonSettings = OptionValues<typeof commonSettings>

/** What is chosen of `settings`. */
export type Settings = OptionValues<typeof settings>

/** What is chosen of `stepSettings`. */
export type StepSettings = OptionValues<typeof stepSettings>

/** How many batches to train on where the user does not say: enough for a small text, not too many for a large one. */
export function defaultSteps(batchesPerEpoch: number): number {
  return Math.min(Math.max(20 * batchesPerEpoch, 500), 2000)
}

/**
 * How often to validate where the user does not say: ten times a run, unless the text to validate on is so large that
 * this would take more than a fifth of the time. A step forward costs a third of one that learns.
 */
export function defaultValidEvery(steps: number, batch: number, validCharacters: number): number {
  const cheap = Math.ceil((5 * validCharacters) / 3 / batch)
  return Math.max(1, Math.ceil(steps / 10), cheap)
}
