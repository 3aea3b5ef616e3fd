import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tensor, toNested, zeros } from './index.js'

describe('tensor', () => {
  test.each([
    { of: 5, shape: [], dtype: 'float32' },
    { of: [1, 2, 3], shape: [3], dtype: 'float32' },
    { of: [[1, 2], [3, 4], [5, 6]], shape: [3, 2], dtype: 'float32' }, // prettier-ignore
    { of: [[], []], shape: [2, 0], dtype: 'float32' },
    { of: true, shape: [], dtype: 'bool' },
    { of: [[true], [false]], shape: [2, 1], dtype: 'bool' },
    { of: Float64Array.of(1, 2), shape: [2], dtype: 'float64' },
    { of: Int32Array.of(1, 2), shape: [2], dtype: 'int32' },
    { of: Uint8Array.of(1, 0), shape: [2], dtype: 'bool' },
  ])('of $of is $dtype $shape', ({ of, shape, dtype }) => {
    const x = tensor(of)
    expect([x.shape, x.dtype]).toEqual([shape, dtype])
  })

  test('takes a shape and a dtype', () => {
    expect(tensor([1, 2, 3, 4], { shape: [2, 2] }).toNested()).toEqual([
      [1, 2],
      [3, 4],
    ])
    expect(tensor([0, 2, NaN], { dtype: 'bool' }).toNested()).toEqual([false, true, true])
    expect(tensor(Float64Array.of(1.5), { dtype: 'float32' }).dtype).toBe('float32')
  })

  test('copies what it is given', () => {
    const numbers = Float32Array.of(1, 2)
    const x = tensor(numbers)
    numbers[0] = 9
    expect(x.toNested()).toEqual([1, 2])
  })

  test('goes to nested arrays and back', () => {
    const nested = fc.array(fc.array(fc.double({ noNaN: true }), { minLength: 3, maxLength: 3 }), {
      minLength: 1,
    })
    fc.assert(
      fc.property(nested, (rows) => {
        expect(toNested(tensor(rows, { dtype: 'float64' }))).toEqual(rows)
      }),
    )
    expect(toNested(zeros([2, 0]))).toEqual([[], []])
  })

  test.each([
    [
      () => tensor([[1, 2], [3]]),
      'tensor: the nested arrays are ragged: axis 1 has 2 entries in one place and 1 entries in another',
    ],
    [
      () => tensor([[1], 2]),
      'tensor: the nested arrays are ragged: axis 1 has 1 entries in one place and the single value 2 in another',
    ],
    [() => tensor(['1'] as never), 'tensor: an element is 1, not a number'],
    [
      () => tensor([1, 2, 3], { shape: [2, 2] }),
      'tensor: 3 numbers do not fill shape [2, 2], which has 4 elements',
    ],
    [
      () => tensor([1], { shape: [-1] }),
      'tensor: axis 0 of shape [-1] is -1; sizes are whole numbers from 0',
    ],
    [
      () => tensor(new BigInt64Array(1) as never),
      'tensor: a BigInt64Array has no dtype here; use Float32Array, Float64Array, Int32Array or Uint8Array',
    ],
    [
      () => tensor([1], { dtype: 'float16' as never }),
      'tensor: there is no dtype float16; use float64, float32, int32 or bool',
    ],
    [
      () => tensor([0.5], { dtype: 'int32' }),
      'tensor: element 0 is 0.5, which int32 cannot hold; round it, or use a float dtype',
    ],
    [
      () => tensor([1, 2 ** 40], { dtype: 'int32' }),
      'tensor: element 1 is 1099511627776, which int32 cannot hold; round it, or use a float dtype',
    ],
  ])('refuses what has no shape or dtype, case %#', (call, message) => {
    expect(call).toThrow(message)
  })
})
