import { expect, test } from 'vitest'
import { pca } from './pca.js'
import { activeUnits, saturation } from './saturation.js'

/** Points on the line through (1, 2, 3) along (2, 2, 1) / 3, with a little spread along (1, -1, 0). */
const points = [-3, -1, 0, 1, 3].flatMap((along, i) => {
  const across = [0.1, -0.1, 0, -0.1, 0.1][i]!
  return [1 + along * 2 + across, 2 + along * 2 - across, 3 + along]
})

test('the first direction is the one of most variance', () => {
  const { mean, directions, explained, project } = pca(points, 3)
  expect([...mean]).toEqual([1, 2, 3].map((value) => expect.closeTo(value, 12)))
  expect([...directions[0]!]).toEqual([2, 2, 1].map((value) => expect.closeTo(value / 3, 6)))
  expect(explained[0]).toBeGreaterThan(0.99)
  expect(explained[0]! + explained[1]!).toBeCloseTo(1, 10)
  const flat = project(points)
  expect(flat).toHaveLength(10)
  expect(flat[0]! / flat[2]!).toBeCloseTo(3, 2)
  // what is projected on all directions keeps its lengths
  const [x = 0, y = 0] = flat
  expect(Math.hypot(x, y)).toBeCloseTo(Math.hypot(-5.9, -6.1, -3), 10)
})

test('points that are all the same have no variance to explain', () => {
  expect(pca([1, 1, 1, 1], 2).explained).toEqual([0, 0])
})

test.each([
  [[1, 2, 3], 2, 2, 'pca: there are 3 values for 2 units; give some for each'],
  [[1, 2], 2, 2, 'pca: there is 1 point; give at least 2'],
  [[1, 2, 3, 4], 2, 3, 'pca: components is 3; it must be a whole number from 1 to 2'],
])('%j in %i units for %i directions is refused', (values, units, components, sentence) => {
  expect(() => pca(values, units, components)).toThrow(sentence)
})

test('saturation counts the ends of each unit', () => {
  const { closed, open } = saturation([0.01, 0.95, 0.5, 0.99, 0.05, 0.2, 0.3, 0.91], 2)
  expect([...closed]).toEqual([0.5, 0])
  expect([...open]).toEqual([0, 0.75])
  expect(() => saturation([1, 2, 3], 2)).toThrow('saturation: there are 3 values for 2 units')
})

test('the most active unit varies most', () => {
  expect(activeUnits([0, 1, 5, 0, -1, 5], 3).map(({ unit }) => unit)).toEqual([1, 0, 2])
  expect(activeUnits([0, 1, 5, 0, -1, 5], 3)[0]).toEqual({ unit: 1, mean: 0, deviation: 1 })
})
