import { drawn } from '@tapeloop/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { add, tensor, type Tensor } from './index.js'
import { broadcastShapes, resolveAxes, resolveAxis, sizeOf, stridesOf } from './shape.js'

describe('broadcasting', () => {
  test('aligns shapes at the last axis and stretches what is 1', () => {
    expect(broadcastShapes('f', [2, 1, 3], [4, 1])).toEqual([2, 4, 3])
    expect(broadcastShapes('f', [], [0, 1])).toEqual([0, 1])
    expect(broadcastShapes('f', [1], [0])).toEqual([0])
    expect(() => broadcastShapes('f', [2, 3], [4, 3])).toThrow(
      'f: shapes [2, 3] and [4, 3] do not broadcast: axis -2 is 2 in the first and 4 in the second; ' +
        'make them equal, or one of them 1',
    )
  })

  test('reads the element that NumPy reads', () => {
    const pairs = drawn((draw) => {
      const shape = draw.shape({ empty: true })
      return [draw.stretchable(shape), draw.stretchable(shape)].map((part) => draw.floats(part))
    })
    /** The element of x at a place of the result. */
    const at = (x: Tensor, place: readonly number[]) => {
      const strides = stridesOf(x.shape)
      return x.shape.reduce((offset, extent, axis) => {
        const i = extent === 1 ? 0 : place[place.length - x.rank + axis]!
        return offset + i * strides[axis]!
      }, 0)
    }
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const y = add(a!, b!)
        const [left, right, sums] = [a!.dataSync(), b!.dataSync(), y.dataSync()]
        const strides = stridesOf(y.shape)
        sums.forEach((value, i) => {
          const place = y.shape.map((extent, axis) => Math.floor(i / strides[axis]!) % extent)
          expect(value).toBe(left[at(a!, place)]! + right[at(b!, place)]!)
        })
      }),
      { seed: 1 },
    )
  })
})

describe('axes', () => {
  test('count from the end when negative', () => {
    expect([resolveAxis('f', 1, 3), resolveAxis('f', -1, 3)]).toEqual([1, 2])
    expect(resolveAxes('f', undefined, 2)).toEqual([0, 1])
    expect(resolveAxes('f', [-1, 0], 3)).toEqual([0, 2])
    expect(resolveAxes('f', [], 3)).toEqual([])
  })

  test('that do not exist are refused', () => {
    expect(() => resolveAxis('f', 3, 3)).toThrow(
      'f: axis 3 does not exist: the tensor has 3 axes, so use -3 to 2',
    )
    expect(() => resolveAxis('f', 0.5, 3)).toThrow('f: axis 0.5 does not exist')
    expect(() => resolveAxes('f', [1, -2], 3)).toThrow('f: axes [1,-2] name one axis twice; name each once')
  })
})

test('sizes and strides are those of row-major order', () => {
  expect([sizeOf([]), sizeOf([2, 3]), sizeOf([2, 0])]).toEqual([1, 6, 0])
  expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1])
  expect(tensor([[1, 2], [3, 4]]).dataSync()).toEqual(Float32Array.of(1, 2, 3, 4)) // prettier-ignore
})
