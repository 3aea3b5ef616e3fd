import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fillMissing, interpolateMissing, knownMask } from './missing.js'

const gappy = Float64Array.of(NaN, 1, NaN, NaN, 4, NaN)

test('gaps are filled from before, from after, by a number or along a line, or marked', () => {
  expect([...fillMissing(gappy, 'previous')]).toEqual([NaN, 1, 1, 1, 4, 4])
  expect([...fillMissing(gappy, 'next')]).toEqual([1, 1, 4, 4, 4, NaN])
  expect([...fillMissing(gappy, 0)]).toEqual([0, 1, 0, 0, 4, 0])
  expect([...interpolateMissing(gappy)]).toEqual([NaN, 1, 2, 3, 4, NaN])
  expect([...interpolateMissing(gappy, Float64Array.of(0, 10, 11, 20, 40, 50))]).toEqual([
    NaN,
    1,
    1.1,
    2,
    4,
    NaN,
  ])
  expect([...knownMask(gappy)]).toEqual([0, 1, 0, 0, 1, 0])
  expect(() => interpolateMissing(gappy, Float64Array.of(0))).toThrow(
    'interpolateMissing: there are 6 values but 1 times; give one time a value.',
  )
})

test('what is known stays, and previous never looks ahead', () => {
  const values = fc.array(fc.oneof(fc.double({ noNaN: true, min: -9, max: 9 }), fc.constant(NaN)))
  fc.assert(
    fc.property(values, fc.nat(20), (values, cut) => {
      const all = Float64Array.from(values)
      for (const filled of [
        fillMissing(all, 'previous'),
        fillMissing(all, 'next'),
        interpolateMissing(all),
      ]) {
        const isKnown = (_: number, i: number) => !Number.isNaN(values[i])
        expect(filled.filter(isKnown)).toEqual(all.filter(isKnown))
      }
      expect(fillMissing(all, 'previous').slice(0, cut)).toEqual(fillMissing(all.slice(0, cut), 'previous'))
    }),
  )
})
