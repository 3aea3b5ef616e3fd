import { cells, type Cell } from '@tapeloop/layers'

/** Every cell of the registry by its name. */
export const registry: Readonly<Record<string, Cell>> = cells as unknown as Readonly<Record<string, Cell>>
