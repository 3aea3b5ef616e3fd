import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyScaler, fitScaler, invertScaler, parseScaler, scalerTypes } from './scalers.js'

const table = fc
  .record({ features: fc.integer({ min: 1, max: 4 }), rows: fc.integer({ min: 1, max: 20 }) })
  .chain(({ features, rows }) =>
    fc.record({
      features: fc.constant(features),
      data: fc
        .array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
          minLength: rows * features,
          maxLength: rows * features,
        })
        .map((values) => Float64Array.from(values)),
    }),
  )

test.each(scalerTypes)('%s: a saved scaler inverts what it did', (type) => {
  fc.assert(
    fc.property(table, ({ features, data }) => {
      const scaler = parseScaler(JSON.parse(JSON.stringify(fitScaler(type, data, features))))
      const back = invertScaler(scaler, applyScaler(scaler, data))
      back.forEach((value, i) => expect(Math.abs(value - data[i]!)).toBeLessThan(1e-8))
    }),
  )
})

test('standard gives mean 0 and deviation 1, min-max the range 0 to 1, a constant column 0', () => {
  const data = Float64Array.of(1, 10, 0.1, 2, 20, 0.1, 6, 60, 0.1)
  const columns = (type: 'standard' | 'min-max') => {
    const scaled = applyScaler(fitScaler(type, data, 3), data)
    return [0, 1, 2].map((feature) => [0, 1, 2].map((row) => scaled[row * 3 + feature]!))
  }
  for (const column of columns('standard').slice(0, 2)) {
    expect(column.reduce((a, b) => a + b)).toBeCloseTo(0, 12)
    expect(column.reduce((sum, value) => sum + value ** 2, 0) / 3).toBeCloseTo(1, 12)
  }
  expect(columns('min-max')).toEqual([
    [0, 0.2, 1],
    [0, 0.2, 1],
    [0, 0, 0],
  ])
  expect(columns('standard')[2]).toEqual([0, 0, 0])
})

test('missing numbers and broken tables are refused', () => {
  expect(() => fitScaler('standard', Float64Array.of(1, 2, NaN, 4), 2)).toThrow(
    'fitScaler: row 1 of feature 0 is NaN; fill or drop missing values first.',
  )
  expect(() => fitScaler('standard', Float64Array.of(1, 2, 3), 2)).toThrow(
    'fitScaler: the data must have rows of 2 features, but it has 3 numbers.',
  )
})

test('robust gives the median 0 and quartiles 1 apart, and one wild number changes nothing', () => {
  const scaled = (last: number) =>
    applyScaler(fitScaler('robust', Float64Array.of(1, 2, 3, 4, last), 1), Float64Array.of(2, 3, 4))
  expect([...scaled(5)]).toEqual([-0.5, 0, 0.5])
  expect(scaled(1e9)).toEqual(scaled(5))
  const mostlyEqual = fitScaler('robust', Float64Array.of(7, 7, 7, 7, 7, 9), 1)
  expect(mostlyEqual).toEqual({ type: 'robust', offset: [7], scale: [2] })
})

test.each([
  [null, 'null'],
  [{ type: 'log', offset: [0], scale: [1] }, '{"type":"log","offset":[0],"scale":[1]}'],
  [{ type: 'robust', offset: [0], scale: [0] }, '{"type":"robust","offset":[0],"scale"...'],
])('%j is no scaler', (value, shown) => {
  expect(() => parseScaler(value)).toThrow(
    `A scaler must have a type (standard, min-max, robust) and as many offsets as scales, none of them 0, but it is ${shown}.`,
  )
})
