import { expect, test } from 'vitest'
import { curveRecorder, meanCurve } from './curves.js'

test('a curve has the mean score of each part, the last part too', () => {
  const curve = curveRecorder(125, (loss) => 2 * loss)
  for (let step = 1; step <= 125; step++) curve.add(step, step)
  expect(curve.points().slice(0, 2)).toEqual([
    [3, 4],
    [6, 10],
  ])
  expect(curve.points()).toHaveLength(42)
  expect(curve.points().at(-1)).toEqual([125, 249])
})

test('fewer steps than parts are shown one by one', () => {
  const curve = curveRecorder(2, (loss) => loss)
  curve.add(1, 5)
  curve.add(2, 3)
  expect(curve.points()).toEqual([
    [1, 5],
    [2, 3],
  ])
})

test('where one seed broke off, the mean is that of the others', () => {
  const whole = [
    [1, 4],
    [2, 2],
  ] as const
  expect(meanCurve([whole, [[1, 6]]])).toEqual([
    [1, 5],
    [2, 2],
  ])
  expect(meanCurve([])).toEqual([])
})
