import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  collapsed,
  isRowMajor,
  permuted,
  reshaped,
  rowMajor,
  stepped,
  stretched,
  wholeOf,
  type Place,
} from './place.js'

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 })
const whole = (shape: readonly number[]) => wholeOf({ bytes: 0, kind: 'arena' }, shape, 'float32')

/** Offsets of all elements, in row-major order. */
function offsetsOf({ offset, strides }: Place, shape: readonly number[]): number[] {
  return shape.reduce<number[]>(
    (offsets, extent, axis) =>
      offsets.flatMap((from) => Array.from({ length: extent }, (_, i) => from + i * strides[axis]!)),
    [offset],
  )
}

/** A view of a whole tensor: its axes permuted, some turned, some cut, some stretched. */
const views = fc
  .record({ shape: shapes, seed: fc.array(fc.nat(5), { minLength: 16, maxLength: 16 }) })
  .map(({ shape, seed }) => {
    const order = shape.map((_, axis) => axis).toSorted((a, b) => seed[a]! - seed[b]!)
    const moved = order.map((axis) => shape[axis]!)
    const steps = moved.map((_, axis) => (seed[4 + axis] === 0 ? -1 : 1))
    const turned = stepped(
      permuted(whole(shape), order),
      moved.map((extent, axis) => (steps[axis] === -1 ? extent - 1 : 0)),
      steps,
    )
    const long = moved.map((extent, axis) => (extent === 1 && seed[8 + axis]! < 2 ? 3 : extent))
    return { place: stretched(turned, moved, long), shape: long }
  })

test('a reshaped place has the same elements in the same order, or says that strides cannot', () => {
  const both = fc.tuple(views, shapes)
  fc.assert(
    fc.property(both, ([{ place, shape }, to]) => {
      const size = (of: readonly number[]) => of.reduce((n, extent) => n * extent, 1)
      const target = size(to) === size(shape) ? to : [size(shape)]
      const seen = reshaped(place, shape, target)
      expect(seen !== null || !isRowMajor(place, shape, 'float32')).toBe(true)
      expect(offsetsOf(seen ?? place, seen ? target : shape)).toEqual(offsetsOf(place, shape))
    }),
    { numRuns: 500 },
  )
})

test('row-major places can take any shape', () => {
  expect(reshaped(whole([2, 3, 4]), [2, 3, 4], [6, 1, 2, 2])?.strides).toEqual([16, 0, 8, 4])
  expect(reshaped(whole([0, 3]), [0, 3], [3, 0])).not.toBeNull()
  expect(reshaped(permuted(whole([2, 3]), [1, 0]), [3, 2], [6])).toBeNull()
})

test('collapsed axes reach the same elements of every operand', () => {
  fc.assert(
    fc.property(views, ({ place, shape }) => {
      const other = rowMajor(shape, 'float64')
      const { shape: fewer, strides } = collapsed(shape, [place.strides, other])
      const along = (i: number) => ({ ...place, strides: strides.map((steps) => steps[i]!) })
      expect(offsetsOf(along(0), fewer)).toEqual(offsetsOf(place, shape))
      expect(offsetsOf({ ...along(1), offset: 0 }, fewer)).toEqual(
        offsetsOf({ ...place, offset: 0, strides: other }, shape),
      )
      expect(fewer.length).toBeLessThanOrEqual(shape.filter((extent) => extent > 1).length)
    }),
  )
})
