import { checkWhole } from '../check.js'
import { shuffledItems, type ShuffleOptions } from './shuffle.js'

/**
 * Items in an order of their own for each epoch, read a few at a time. Everything is a function of position and epoch, so that
 * reading can begin anywhere, and goes on there exactly as it would have.
 */
export interface Dataset<T> extends ItemSource<T>, AsyncIterable<T> {
  /** Every item changed; what changes it may use its position, and nothing else that varies. */
  map<U>(change: (item: T, position: number) => U | Promise<U>): Dataset<U>
  /** The items that are kept. How many they are is not known before they are counted. */
  filter(keep: (item: T) => boolean | Promise<boolean>): Dataset<T>
  /** Mixed anew each epoch, in memory of `buffer` items. */
  shuffle(options: ShuffleOptions): Dataset<T>
  /** The items at positions from `start` to before `end`. */
  slice(start: number, end?: number): Dataset<T>
  /** The items at some positions, which ascend. */
  pick(positions: Int32Array): Dataset<T>
  /** The same items, once all were read to count them. */
  counted(): Promise<Dataset<T>>
}

/** What a data set is made of. */
export interface ItemSource<T> {
  /** How many items there are; null where only reading them would tell. */
  readonly length: number | null
  /** Whether reading may begin anywhere at the same cost; otherwise it reads what is before. */
  readonly isSeekable: boolean
  /** The items of an epoch (0 unless said) from a position on. */
  from(position: number, epoch?: number): AsyncGenerator<T, void>
}

/**
 * A data set over items in memory, or over what a function opens: a stream that gives the same items each time.
 *
 * @example
 * datasetOf(lines).filter((line) => line !== '').map((line) => tokenizer.encode(line).ids).shuffle({ seed: 1, buffer: 1000 })
 */
export function datasetOf<T>(items: readonly T[] | (() => AsyncIterable<T>)): Dataset<T> {
  if (typeof items !== 'function') {
    return makeDataset({
      length: items.length,
      isSeekable: true,
      async *from(position) {
        for (let i = position; i < items.length; i++) yield items[i]!
      },
    })
  }
  return makeDataset({
    length: null,
    isSeekable: false,
    from: (position) => skip(items(), position),
  })
}

/** A data set over a source of items. */
export function makeDataset<T>(source: ItemSource<T>): Dataset<T> {
  const { length, isSeekable } = source
  const from: ItemSource<T>['from'] = (position, epoch = 0) => {
    checkWhole('dataset', 'position', position, 0)
    checkWhole('dataset', 'epoch', epoch, 0)
    return source.from(position, epoch)
  }
  return {
    length,
    isSeekable,
    from,
    [Symbol.asyncIterator]: () => from(0),
    map: (change) =>
      makeDataset({
        length,
        isSeekable,
        async *from(position, epoch) {
          let at = position
          for await (const item of source.from(position, epoch)) yield change(item, at++)
        },
      }),
    filter: (keep) =>
      makeDataset({
        length: null,
        isSeekable: false,
        from: (position, epoch) => skip(kept(source.from(0, epoch), keep), position),
      }),
    shuffle: (options) => makeDataset(shuffledItems(source, options)),
    slice: (start, end) => makeDataset(sliced(source, start, end)),
    pick: (positions) => makeDataset(picked(source, positions)),
    async counted() {
      if (length !== null) return this
      let count = 0
      for await (const _ of source.from(0)) count++
      return makeDataset({ ...source, length: count })
    },
  }
}

function sliced<T>(source: ItemSource<T>, start: number, end = Infinity): ItemSource<T> {
  checkWhole('slice', 'start', start, 0)
  if (end !== Infinity) checkWhole('slice', 'end', end, start)
  const count = Math.max(0, Math.min(end, source.length ?? Infinity) - start)
  return {
    length: source.length === null ? null : count,
    isSeekable: source.isSeekable,
    from: (position, epoch) => take(source.from(start + position, epoch), count - position),
  }
}

function picked<T>(source: ItemSource<T>, positions: Int32Array): ItemSource<T> {
  return {
    length: positions.length,
    isSeekable: source.isSeekable,
    async *from(position, epoch) {
      let next = position
      if (next >= positions.length) return
      let at = positions[next]!
      for await (const item of source.from(at, epoch)) {
        if (at++ !== positions[next]) continue
        yield item
        if (++next >= positions.length) return
      }
    },
  }
}

async function* kept<T>(
  items: AsyncIterable<T>,
  keep: (item: T) => boolean | Promise<boolean>,
): AsyncGenerator<T, void> {
  for await (const item of items) if (await keep(item)) yield item
}

async function* skip<T>(items: AsyncIterable<T>, count: number): AsyncGenerator<T, void> {
  let skipped = 0
  for await (const item of items) if (skipped++ >= count) yield item
}

async function* take<T>(items: AsyncGenerator<T, void>, count: number): AsyncGenerator<T, void> {
  let taken = 0
  if (count <= 0) return
  for await (const item of items) {
    yield item
    if (++taken >= count) return
  }
}
