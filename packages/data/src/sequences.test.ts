import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchesFrom, epochOf } from './batches.js'
import { paddedBatches } from './sequences.js'
import type { PaddedBatch } from './streams.js'

/** Sequences that can be told apart by their first token. */
const sequences = fc
  .array(fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 20 })
  .map((lists) => lists.map((list, i) => Int32Array.of(100 + i, ...list)))
const options = fc.record({
  batchSize: fc.integer({ min: 1, max: 5 }),
  seed: fc.nat(),
  padTo: fc.constantFrom('set', 'batch'),
})

function unpad({ x, y, lengths, shape: [, seqLength] }: PaddedBatch): number[][] {
  return Array.from(lengths, (length, row) => {
    const start = row * seqLength
    return length === 0 ? [] : [x[start]!, ...y.subarray(start, start + length)]
  })
}

test('every sequence is there exactly once an epoch, inputs before targets, the rest padding', () => {
  fc.assert(
    fc.property(sequences, options, fc.nat({ max: 5 }), (list, given, epoch) => {
      const seen: number[][] = []
      for (const batch of epochOf(paddedBatches(list, { ...given, padId: 77 }), epoch)) {
        const [batchSize, seqLength] = batch.shape
        expect(batchSize).toBe(given.batchSize)
        batch.lengths.forEach((length, row) => {
          const x = [...batch.x.subarray(row * seqLength, (row + 1) * seqLength)]
          const y = [...batch.y.subarray(row * seqLength, (row + 1) * seqLength)]
          expect(x.slice(1, length)).toEqual(y.slice(0, Math.max(length - 1, 0)))
          expect([...x.slice(length), ...y.slice(length)].every((token) => token === 77)).toBe(true)
        })
        seen.push(...unpad(batch).filter((sequence) => sequence.length > 0))
      }
      expect(seen.toSorted((a, b) => a[0]! - b[0]!)).toEqual(list.map((sequence) => [...sequence]))
    }),
  )
})

test('a batch is as long as the longest sequence, of the set or of the batch', () => {
  const list = [Int32Array.of(1, 2), Int32Array.of(1, 2, 3, 4), Int32Array.of(1, 2, 3)]
  const lengths = (padTo: 'set' | 'batch') =>
    [...epochOf(paddedBatches(list, { batchSize: 1, padTo }))].map(({ shape }) => shape[1])
  expect(lengths('set')).toEqual([3, 3, 3])
  expect(lengths('batch')).toEqual([1, 3, 2])
})

test('the seed orders each epoch anew, the same way in every run', () => {
  const list = Array.from({ length: 50 }, (_, i) => Int32Array.of(i, 0))
  const order = (seed: number | undefined, epoch: number) =>
    [
      ...epochOf(paddedBatches(list, { batchSize: 7, ...(seed === undefined ? {} : { seed }) }), epoch),
    ].flatMap((batch) => unpad(batch).flatMap(([first]) => first ?? []))
  expect(order(1, 0)).toEqual(order(1, 0))
  expect(order(1, 0)).not.toEqual(order(1, 1))
  expect(order(1, 0)).not.toEqual(order(2, 0))
  expect(order(undefined, 3)).toEqual(list.map(([first]) => first))
})

test('a resumed cursor gives exactly what an uninterrupted run sees', () => {
  fc.assert(
    fc.property(sequences, options, fc.nat({ max: 30 }), (list, given, stop) => {
      const whole = batchesFrom(paddedBatches(list, given))
      let saved = '{"epoch":0,"batch":0}'
      for (let i = 0; i < stop; i++) saved = JSON.stringify(whole.next().value.next)
      const resumed = batchesFrom(paddedBatches(list, given), JSON.parse(saved))
      for (let i = 0; i < 5; i++) expect(resumed.next().value).toEqual(whole.next().value)
    }),
  )
})

test('no sequences, or one without a target, are refused', () => {
  expect(() => paddedBatches([], { batchSize: 1 })).toThrow(
    'paddedBatches: there are no sequences; at least 1 is needed.',
  )
  expect(() => paddedBatches([Int32Array.of(1, 2), Int32Array.of(1)], { batchSize: 1 })).toThrow(
    'paddedBatches: sequence 1 has 1 tokens, but needs at least 2, an input and its target; ' +
      'leave it out or give it a start and an end token.',
  )
})
