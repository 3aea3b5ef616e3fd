import { mulberry32 } from '@tapeloop/data'
import { expect, test } from 'vitest'
import { planesOf, turnedTowards } from './planes.js'

const random = mulberry32(1)
const points = Float32Array.from({ length: 40 }, () => random() - 0.5)

test.each([
  ['turned', 1],
  ['mirrored', -1],
])('points that were only %s go back to where they were', (_, sign) => {
  const [cos, sin] = [Math.cos(2), Math.sin(2)]
  const moved = points.map((_, i) => {
    const [x, y] = [points[i - (i % 2)]!, sign * points[i - (i % 2) + 1]!]
    return i % 2 === 0 ? cos * x - sin * y : sin * x + cos * y
  })
  turnedTowards(points, moved).forEach((value, i) => expect(value).toBeCloseTo(points[i]!, 5))
})

test('a probe reads what is there in a line, and nothing of what is not', () => {
  const units = 5
  const states = Float32Array.from({ length: 200 * units }, () => random() - 0.5)
  const inside = Array.from({ length: 200 }, (_, i) => 3 * states[i * units]! - states[i * units + 3]! + 7)
  const outside = Array.from({ length: 200 }, () => random())
  const { spread, probe } = planesOf(states, units, inside)
  expect(probe!.explained).toBeGreaterThan(0.999)
  expect(probe!.points[0]).toBeCloseTo(inside[0]!, 2)
  expect(spread.explained).toBeGreaterThan(0.4)
  expect(planesOf(states, units, outside).probe!.explained).toBeLessThan(0.15)
  expect(
    planesOf(
      states,
      units,
      outside.map(() => null),
    ).probe,
  ).toBeNull()
})
