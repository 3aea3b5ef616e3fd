import { expect, test } from 'vitest'
import { batchesFrom, epochOf, nextCursor, parseCursor, type Batches } from './batches.js'

const three: Batches<string> = {
  batchesPerEpoch: 3,
  batch: ({ epoch, batch }) => `${epoch}.${batch}`,
}

test('batches follow one another from epoch to epoch', () => {
  const seen: string[] = []
  for (const { batch, next } of batchesFrom(three, { epoch: 0, batch: 1 })) {
    seen.push(batch)
    if (next.epoch === 2) break
  }
  expect(seen).toEqual(['0.1', '0.2', '1.0', '1.1', '1.2'])
})

test('a saved cursor goes on with the very next batch', () => {
  const all = batchesFrom(three)
  const [first, second] = [all.next().value, all.next().value]
  expect(batchesFrom(three, parseCursor(JSON.parse(JSON.stringify(first.next)), three)).next().value).toEqual(
    second,
  )
})

test('an epoch is its batches in order', () => {
  expect([...epochOf(three, 4)]).toEqual(['4.0', '4.1', '4.2'])
})

test('generated data stays in one epoch', () => {
  expect(nextCursor({ batchesPerEpoch: Infinity }, { epoch: 0, batch: 9 })).toEqual({ epoch: 0, batch: 10 })
})

test.each([
  [null, 'A data cursor must be a record of epoch and batch, but it is null.'],
  [{ epoch: 1 }, 'A data cursor must be a record of epoch and batch, but it is {"epoch":1}.'],
  [{ epoch: 1, batch: 0.5 }, 'data cursor: batch must be a whole number of at least 0, but it is 0.5.'],
  [{ epoch: -1, batch: 0 }, 'data cursor: epoch must be a whole number of at least 0, but it is -1.'],
  [
    { epoch: 0, batch: 3 },
    'data cursor: batch 3 does not exist, an epoch has 3; use the text and the sizes with which the cursor was saved.',
  ],
])('%j is no cursor', (value, message) => {
  expect(() => parseCursor(value, three)).toThrow(message)
})
