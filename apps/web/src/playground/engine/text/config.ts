import { nameAmong, numbersOf } from '../address.js'
import type { TextRunConfig } from './run.js'

/** What a visitor chooses for a text: the settings of the command line, by its names. */
export type TextSettings = Pick<
  TextRunConfig,
  | 'cell'
  | 'hidden'
  | 'layers'
  | 'seqLength'
  | 'batchSize'
  | 'optimizer'
  | 'lr'
  | 'schedule'
  | 'clip'
  | 'seed'
  | 'steps'
>

/** What learns a page of text within a minute. */
export const usualSettings: TextSettings = {
  cell: 'lstm',
  hidden: 96,
  layers: 1,
  seqLength: 48,
  batchSize: 24,
  optimizer: 'adam',
  lr: 0.01,
  schedule: 'cosine',
  clip: 5,
  seed: 1,
  steps: 1500,
}

/** Between what the numbers must lie. */
export const textFields = {
  hidden: { min: 1, max: 512, isWhole: true },
  layers: { min: 1, max: 4, isWhole: true },
  seqLength: { min: 2, max: 256, isWhole: true },
  batchSize: { min: 1, max: 128, isWhole: true },
  lr: { min: 1e-6, max: 10, isWhole: false },
  clip: { min: 0, max: 1000, isWhole: false },
  seed: { min: 0, max: 2 ** 30, isWhole: true },
  steps: { min: 10, max: 50_000, isWhole: true },
} as const

/** The address of settings and of the sample they are for, without what is as usual. */
export function printText(settings: TextSettings, sample: string, usualSample: string): string {
  const query = new URLSearchParams()
  if (sample !== usualSample) query.set('sample', sample)
  for (const name of Object.keys(usualSettings) as (keyof TextSettings)[]) {
    if (settings[name] !== usualSettings[name]) query.set(name, String(settings[name]))
  }
  return query.toString()
}

/** The settings of an address; what cannot be right is as usual. */
export function parseText(
  address: string,
  known: { readonly cells: readonly string[]; readonly optimizers: readonly string[] },
): TextSettings {
  const query = new URLSearchParams(address)
  return {
    ...usualSettings,
    ...numbersOf(query, textFields, usualSettings),
    cell: nameAmong(known.cells, query.get('cell')) ?? usualSettings.cell,
    optimizer: nameAmong(known.optimizers, query.get('optimizer')) ?? usualSettings.optimizer,
    schedule: query.get('schedule') === 'constant' ? 'constant' : 'cosine',
  }
}
