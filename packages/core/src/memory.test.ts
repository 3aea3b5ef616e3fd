import { expect, test } from 'vitest'
import {
  accumulatedSums,
  compiledTraining,
  eagerOperations,
  eagerTraining,
  turns,
  type Usage,
} from '../fixtures/memory.js'

/** Nothing stays alive that is not in use. The long forms of these tests are in memory.long.test.ts. */
function expectBounded({ growth, peak }: Usage, pending = 0): void {
  expect(growth).toBeLessThan(4e6 + pending)
  expect(peak).toBeLessThan(400e6)
}

test('9,000 eager operations in a synchronous loop, all but the last forgotten', () => {
  expectBounded(eagerOperations(3000))
}, 60_000)

test('sums over 240 MB of data that nobody reads in between', () => {
  expectBounded(accumulatedSums(3000), 8 * 2 ** 23) // what waits to be computed
}, 60_000)

test('300 training steps, compiled and not', () => {
  expectBounded(eagerTraining(300))
  expectBounded(compiledTraining(300))
}, 60_000)

test('train, evaluate and sample in turn for 20 rounds', () => {
  expectBounded(turns(20))
}, 60_000)
