import { optimizers } from '@tapeloop/train'
import { registry } from '../engine/registry.js'

/** Every cell with its title, in the order of the titles. */
export const cellNames = Object.values(registry)
  .map(({ name, title }) => [name, title] as const)
  .toSorted(([, a], [, b]) => a.localeCompare(b))

/** Every optimizer, as a choice. */
export const optimizerNames = Object.keys(optimizers).map((name) => [name, name] as const)

/** What a cell is called in a picture. */
export const shortName = (cell: string): string => (cell.length <= 4 ? cell.toUpperCase() : cell)
