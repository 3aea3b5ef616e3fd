import { expect, test } from 'vitest'
import {
  accumulatedSums,
  compiledTraining,
  eagerOperations,
  eagerTraining,
  turns,
  type Usage,
} from '../fixtures/memory.js'

function expectBounded({ growth, peak }: Usage, pending = 0): void {
  expect(growth).toBeLessThan(4e6 + pending)
  expect(peak).toBeLessThan(400e6)
}

test('100,000 eager operations in a synchronous loop', () => {
  expectBounded(eagerOperations(34_000))
})

test('sums over 8 GB of data that nobody reads in between', () => {
  expectBounded(accumulatedSums(100_000), 8 * 2 ** 23)
})

test('10,000 training steps, compiled and not', () => {
  expectBounded(eagerTraining(10_000))
  expectBounded(compiledTraining(10_000))
})

test('train, evaluate and sample in turn for 200 rounds', () => {
  expectBounded(turns(200))
})
