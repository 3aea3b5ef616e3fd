import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchesFrom, epochOf } from './batches.js'
import { mulberry32 } from './random.js'
import { contiguousBatches, evaluationBatches, randomWindows, type TokenBatch } from './streams.js'

const counting = (length: number) => Int32Array.from({ length }, (_, i) => i)
const rows = ({ x, shape: [batchSize, seqLength] }: TokenBatch, values = x) =>
  Array.from({ length: batchSize }, (_, row) => [...values.subarray(row * seqLength, (row + 1) * seqLength)])

const sizes = fc.record({
  batchSize: fc.integer({ min: 1, max: 6 }),
  seqLength: fc.integer({ min: 1, max: 7 }),
})
const length = fc.integer({ min: 2, max: 300 })

test('lanes lie side by side and windows follow one another', () => {
  const stream = contiguousBatches(counting(14), { batchSize: 2, seqLength: 3 })
  expect([...epochOf(stream)]).toEqual([
    { x: Int32Array.of(0, 1, 2, 6, 7, 8), y: Int32Array.of(1, 2, 3, 7, 8, 9), shape: [2, 3], fresh: true },
    {
      x: Int32Array.of(3, 4, 5, 9, 10, 11),
      y: Int32Array.of(4, 5, 6, 10, 11, 12),
      shape: [2, 3],
      fresh: false,
    },
  ])
})

test('an epoch of contiguous batches has every token of the lanes exactly once', () => {
  fc.assert(
    fc.property(length, sizes, (n, shape) => {
      const batch = shape.batchSize * shape.seqLength
      fc.pre(n > batch)
      const seen = [...epochOf(contiguousBatches(counting(n), shape))].flatMap(({ x }) => [...x])
      const used = n - 1 - ((n - 1) % batch)
      expect(seen.toSorted((a, b) => a - b)).toEqual([...counting(used)])
    }),
  )
})

test('each row goes on where the row before ended, and the target is the next token', () => {
  fc.assert(
    fc.property(length, sizes, (n, shape) => {
      fc.pre(n > shape.batchSize * shape.seqLength)
      const batches = [...epochOf(contiguousBatches(counting(n), shape))]
      batches.forEach((batch, k) => {
        expect(batch.fresh).toBe(k === 0)
        expect(batch.y).toEqual(batch.x.map((token) => token + 1))
      })
      batches.slice(1).forEach((batch, k) => {
        expect(rows(batch).map((row) => row[0]! - 1)).toEqual(rows(batches[k]!).map((row) => row.at(-1)))
      })
    }),
  )
})

test('a resumed cursor gives exactly what an uninterrupted run sees', () => {
  fc.assert(
    fc.property(length, sizes, fc.nat({ max: 30 }), (n, shape, stop) => {
      fc.pre(n > shape.batchSize * shape.seqLength)
      const whole = batchesFrom(contiguousBatches(counting(n), shape))
      let saved = '{"epoch":0,"batch":0}'
      for (let i = 0; i < stop; i++) saved = JSON.stringify(whole.next().value.next)
      const resumed = batchesFrom(contiguousBatches(counting(n), shape), JSON.parse(saved))
      for (let i = 0; i < 5; i++) expect(resumed.next().value).toEqual(whole.next().value)
    }),
  )
})

test.each(['stream', 'windows'] as const)('evaluation by %s has every target exactly once', (context) => {
  fc.assert(
    fc.property(length, sizes, (n, shape) => {
      const targets: number[] = []
      for (const batch of epochOf(evaluationBatches(counting(n), { ...shape, context }))) {
        const ys = rows(batch, batch.y)
        rows(batch).forEach((row, b) => {
          const count = batch.lengths[b]!
          expect(ys[b]!.slice(0, count)).toEqual(row.slice(0, count).map((token) => token + 1))
          expect([...row.slice(count), ...ys[b]!.slice(count)].every((token) => token === 0)).toBe(true)
          targets.push(...ys[b]!.slice(0, count))
        })
      }
      expect(targets.toSorted((a, b) => a - b)).toEqual([...counting(n)].slice(1))
    }),
  )
})

test('an evaluation stream carries on in every row, and ends once', () => {
  fc.assert(
    fc.property(length, sizes, (n, shape) => {
      const batches = [...epochOf(evaluationBatches(counting(n), { ...shape, context: 'stream' }))]
      expect(batches.map(({ fresh }) => fresh)).toEqual(batches.map((_, k) => k === 0))
      batches.slice(1).forEach((batch, k) => {
        const before = batches[k]!
        const going = [...batch.lengths.keys()].filter((b) => batch.lengths[b]! > 0)
        expect(going.map((b) => before.lengths[b])).toEqual(going.map(() => shape.seqLength))
        expect(going.map((b) => rows(batch)[b]![0])).toEqual(going.map((b) => rows(before)[b]!.at(-1)! + 1))
      })
    }),
  )
})

test('evaluation by windows starts each from a zero state', () => {
  const batches = [
    ...epochOf(evaluationBatches(counting(8), { batchSize: 2, seqLength: 3, context: 'windows' })),
  ]
  expect(batches.map(({ fresh, lengths }) => [fresh, ...lengths])).toEqual([
    [true, 3, 3],
    [true, 1, 0],
  ])
})

test('random windows start where the random numbers say', () => {
  fc.assert(
    fc.property(length, sizes, fc.nat(), (n, shape, seed) => {
      fc.pre(n > shape.seqLength)
      const random = mulberry32(seed)
      const starts = Array.from({ length: shape.batchSize }, () =>
        Math.floor(random() * (n - shape.seqLength)),
      )
      const batch = randomWindows(counting(n), shape, mulberry32(seed))
      expect(rows(batch)).toEqual(
        starts.map((start) => Array.from({ length: shape.seqLength }, (_, t) => start + t)),
      )
      expect(batch.y).toEqual(batch.x.map((token) => token + 1))
      expect(Math.max(...batch.y)).toBeLessThan(n)
    }),
  )
})

test('the last window that fits can be drawn', () => {
  const batch = randomWindows(counting(5), { batchSize: 1, seqLength: 3 }, () => 1 - 2 ** -32)
  expect(batch.y).toEqual(Int32Array.of(2, 3, 4))
})

test('a text that is too short is refused with the numbers', () => {
  expect(() => contiguousBatches(counting(64), { batchSize: 4, seqLength: 16 })).toThrow(
    'The text is too short: it has 64 tokens, but one batch of batchSize 4 and seqLength 16 needs 65; ' +
      'use a longer text or a smaller batch.',
  )
  expect(() => randomWindows(counting(16), { batchSize: 4, seqLength: 16 }, Math.random)).toThrow(
    'The text is too short: it has 16 tokens, but a window of seqLength 16 needs 17;',
  )
  expect(() => evaluationBatches(counting(1), { batchSize: 4, seqLength: 16, context: 'stream' })).toThrow(
    'The text is too short: it has 1 tokens, but evaluation needs at least 2.',
  )
})

test('sizes that are no sizes are refused by name', () => {
  expect(() => contiguousBatches(counting(9), { batchSize: 0, seqLength: 1 })).toThrow(
    'contiguousBatches: batchSize must be a whole number of at least 1, but it is 0.',
  )
  expect(() => randomWindows(counting(9), { batchSize: 1, seqLength: 1.5 }, Math.random)).toThrow(
    'randomWindows: seqLength must be a whole number of at least 1, but it is 1.5.',
  )
})

test('a batch is an array of its own', () => {
  const stream = contiguousBatches(counting(9), { batchSize: 2, seqLength: 2 })
  stream.batch({ epoch: 0, batch: 0 }).x.fill(-1)
  expect(stream.batch({ epoch: 1, batch: 0 }).x).toEqual(Int32Array.of(0, 1, 4, 5))
})
