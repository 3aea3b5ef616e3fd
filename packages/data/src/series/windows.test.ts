import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lastWindow, seriesWindows, type Series } from './windows.js'

/** A series whose only input and target at a time are the time itself. */
const counting = (length: number, gaps: readonly number[] = []): Series => ({
  inputs: Float64Array.from({ length }, (_, t) => t),
  inputNames: ['t'],
  targets: Float64Array.from({ length }, (_, t) => t),
  targetNames: ['t'],
  known: Uint8Array.from({ length }, (_, t) => (gaps.includes(t) ? 0 : 1)),
})
const flat = (rows: readonly Float64Array[]) => rows.map(([value]) => value!)

const size = fc.integer({ min: 1, max: 5 })
const options = fc.record({
  length: size,
  horizon: fc.oneof(size, fc.constant('each' as const)),
  stride: size,
})

test('no window sees what it forecasts, nor what the other part is tested on', () => {
  fc.assert(
    fc.property(
      options,
      fc.integer({ min: 12, max: 40 }),
      fc.double({ min: 0.4, max: 0.6, noNaN: true }),
      (options, rows, share) => {
        const cut = Math.floor(rows * share)
        fc.pre(cut >= 10 + 1 && rows - cut >= 6)
        const train = seriesWindows(counting(rows), { ...options, to: cut })
        const test = seriesWindows(counting(rows), { ...options, from: cut })
        for (const { x, y } of [...train, ...test]) {
          const [known, asked] = [flat(x), flat(y)]
          expect(known).toEqual(known.map((_, i) => known[0]! + i))
          const first = options.horizon === 'each' ? known[0]! + 1 : known.at(-1)! + 1
          expect(asked).toEqual(asked.map((_, i) => first + i))
          expect(asked).toHaveLength(options.horizon === 'each' ? options.length : options.horizon)
        }
        const isTrained = (t: number) => t < cut
        expect(train.every(({ x, y }) => [...flat(x), ...flat(y)].every(isTrained))).toBe(true)
        expect(test.some(({ y }) => flat(y).some(isTrained))).toBe(false)
      },
    ),
  )
})

test('with steps of one every time that has enough before it is forecast', () => {
  const windows = seriesWindows(counting(7), { length: 3, horizon: 2 })
  expect(windows.map(({ y }) => flat(y))).toEqual([
    [3, 4],
    [4, 5],
    [5, 6],
  ])
  expect(seriesWindows(counting(7), { length: 3, from: 4 }).map(({ y }) => flat(y))).toEqual([[4], [5], [6]])
})

test('a window whose target was filled is left out', () => {
  const windows = seriesWindows(counting(7, [4]), { length: 2 })
  expect(windows.map(({ y }) => flat(y))).toEqual([[2], [3], [5], [6]])
})

test('the last window ends the series', () => {
  expect(flat(lastWindow(counting(7), 3))).toEqual([4, 5, 6])
  expect(() => lastWindow(counting(2), 3)).toThrow(
    'lastWindow: the series has 2 times, but 3 are needed; give more rows.',
  )
})

test('a series without a window is refused', () => {
  expect(() => seriesWindows(counting(4), { length: 4 })).toThrow(
    'seriesWindows: times 0 to 4 hold no window of length 4 and horizon 1 whose targets are known; give a longer series, or a smaller length or horizon.',
  )
  expect(() => seriesWindows(counting(4), { length: 0 })).toThrow(
    'seriesWindows: length must be a whole number of at least 1, but it is 0.',
  )
})
