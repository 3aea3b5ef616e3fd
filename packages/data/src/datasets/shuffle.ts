import { checkWhole } from '../check.js'
import { deriveSeed, mulberry32, permutation, shuffled } from '../random.js'
import type { ItemSource } from './dataset.js'

/** How items are mixed. */
export interface ShuffleOptions {
  /** Of all orders: each epoch has one of its own. */
  readonly seed: number
  /** How many items are held in memory, and mixed with one another. */
  readonly buffer: number
}

/**
 * The items in blocks of `buffer`, each block mixed. Where reading may begin anywhere the blocks come in random order, too, and
 * lie elsewhere in each epoch, so that over epochs any item meets any other. An item's place follows from seed, epoch and
 * position alone; that is why this is no buffer that slides, whose state would have to be saved.
 */
export function shuffledItems<T>(source: ItemSource<T>, { seed, buffer }: ShuffleOptions): ItemSource<T> {
  checkWhole('shuffle', 'buffer', buffer, 1)
  const { length, isSeekable } = source
  return {
    length,
    isSeekable,
    async *from(position, epoch = 0) {
      const mix = (block: number, items: readonly T[]) =>
        shuffled(items, mulberry32(deriveSeed(seed, epoch, block)))
      if (!isSeekable || length === null) {
        const first = Math.floor(position / buffer)
        let held: T[] = []
        let block = first
        let skip = position - first * buffer
        for await (const item of source.from(first * buffer, epoch)) {
          held.push(item)
          if (held.length < buffer) continue
          yield* mix(block++, held).slice(skip)
          held = []
          skip = 0
        }
        yield* mix(block, held).slice(skip)
        return
      }
      const blocks = blocksOf(length, buffer, mulberry32(deriveSeed(seed, epoch)))
      let place = 0
      for (const { block, start, size } of blocks) {
        if (place + size > position) {
          const items = await circular(source, { start, size, length, epoch })
          yield* mix(block, items).slice(Math.max(0, position - place))
        }
        place += size
      }
    },
  }
}

/** The blocks of an epoch in their order; the one that is left over is smaller. */
function blocksOf(length: number, buffer: number, random: () => number) {
  const shift = Math.floor(random() * length)
  return Array.from(permutation(Math.ceil(length / buffer), random), (block) => ({
    block,
    start: (block * buffer + shift) % length,
    size: Math.min(buffer, length - block * buffer),
  }))
}

/** Some items from a position on, going on at the first after the last. */
async function circular<T>(
  source: ItemSource<T>,
  { start, size, length, epoch }: { start: number; size: number; length: number; epoch: number },
): Promise<T[]> {
  const items: T[] = []
  for (const from of start + size > length ? [start, 0] : [start]) {
    for await (const item of source.from(from, epoch)) {
      items.push(item)
      if (items.length === size || from + items.length === length) break
    }
  }
  return items
}
