import { describe, expect, test } from 'vitest'
import {
  abs,
  add,
  and,
  cast,
  div,
  equal,
  exp,
  floor,
  grad,
  less,
  log,
  maximum,
  minimum,
  mul,
  neg,
  not,
  pow,
  remainder,
  sigmoid,
  sqrt,
  sub,
  tensor,
  where,
  type Tensor,
} from '../index.js'

const doubles = (...values: number[]) => tensor(Float64Array.from(values))
const ints = (...values: number[]) => tensor(Int32Array.from(values))
const slope = (f: (x: Tensor) => Tensor, ...at: number[]) =>
  grad((x: Tensor) => f(x).sum())(doubles(...at)).toNested()

describe('numbers beside tensors', () => {
  test('take their dtype and shape', () => {
    const y = sub(1, ints(3, 5))
    expect([y.dtype, y.toNested()]).toEqual(['int32', [-2, -4]])
    expect(add(tensor(1), 0.5).dtype).toBe('float32')
    expect(equal(tensor([true, false]), true as never).toNested()).toEqual([true, false])
  })

  test('must fit it', () => {
    expect(() => mul(ints(1), 0.5)).toThrow(
      'mul: 0.5 is not a whole number but the tensor beside it is int32; cast the tensor to a float first',
    )
    expect(() => mul(ints(1), 2 ** 31)).toThrow('mul: 2147483648 does not fit the int32 tensor beside it')
  })
})

describe('int32', () => {
  test('wraps around like the hardware does, to the last bit', () => {
    const most = 2 ** 31 - 1
    expect(add(ints(most), 1).toNested()).toEqual([-(2 ** 31)])
    expect(mul(ints(123_456_789), 987_654_321).toNested()).toEqual([Math.imul(123_456_789, 987_654_321)])
    expect(neg(ints(-(2 ** 31))).toNested()).toEqual([-(2 ** 31)])
  })

  test('has a remainder with the sign of the divisor', () => {
    expect(remainder(ints(-7, 7, -7, 7), ints(3, -3, -3, 3)).toNested()).toEqual([2, -2, -1, 1])
  })

  test('casts truncate towards zero; to bool they ask for not zero', () => {
    expect(cast(doubles(1.9, -1.9), 'int32').toNested()).toEqual([1, -1])
    expect(cast(doubles(0.5, 0, NaN), 'bool').toNested()).toEqual([true, false, true])
    expect(cast(tensor([true, false]), 'float32').toNested()).toEqual([1, 0])
  })
})

describe('special values', () => {
  test('NaN wins in maximum and minimum, and compares with nothing', () => {
    expect(maximum(doubles(NaN, 1), doubles(1, NaN)).toNested()).toEqual([NaN, NaN])
    expect(minimum(doubles(NaN, 1), doubles(1, NaN)).toNested()).toEqual([NaN, NaN])
    expect(less(doubles(NaN), 1).toNested()).toEqual([false])
    expect(equal(doubles(NaN), NaN).toNested()).toEqual([false])
  })

  test('infinities come and go as IEEE 754 says', () => {
    expect(div(doubles(1, -1, 0), 0).toNested()).toEqual([Infinity, -Infinity, NaN])
    expect(log(doubles(0, -1)).toNested()).toEqual([-Infinity, NaN])
    expect(exp(doubles(1000, -1000)).toNested()).toEqual([Infinity, 0])
    expect(sigmoid(doubles(-800, 800)).toNested()).toEqual([0, 1])
  })

  test('float32 rounds after every op', () => {
    expect(add(tensor(2 ** 24), 1).itemSync()).toBe(2 ** 24)
    expect(mul(tensor(0.1), 1).itemSync()).toBe(Math.fround(0.1))
  })

  test('logic works on bools', () => {
    const [p, q] = [tensor([true, true, false]), tensor([true, false, false])]
    expect(and(p, not(q)).toNested()).toEqual([false, true, false])
  })
})

describe('derivatives where the textbook form fails', () => {
  test('at kinks are those of PyTorch', () => {
    expect(slope(abs, -2, 0, 2)).toEqual([-1, 0, 1])
    expect(slope(floor, 0, 1.5)).toEqual([0, 0])
    expect(slope((x) => maximum(x, 1), 1)).toEqual([0.5])
    expect(slope((x) => maximum(x, x), 1)).toEqual([1])
    expect(slope(sqrt, 0)).toEqual([Infinity])
  })

  test('of powers at 0 are their limits', () => {
    expect(slope((x) => pow(x, 2), 0, -3)).toEqual([0, -6])
    expect(slope((x) => pow(x, 1), 0)).toEqual([1])
    expect(slope((x) => pow(x, 0), 0)).toEqual([0])
    expect(slope((b) => pow(doubles(0), b), 2)).toEqual([0])
    expect(grad(grad((x: Tensor) => pow(x, 2)))(tensor(0, { dtype: 'float64' })).itemSync()).toBe(2)
  })

  test('of where are exactly 0 in the branch not taken, whatever stands there', () => {
    expect(slope((x) => where(less(0, x), log(x), 0), 0, 1)).toEqual([NaN, 1])
    const safe = (x: Tensor) => where(less(0, x), log(where(less(0, x), x, 1)), 0)
    expect(slope(safe, 0, 1)).toEqual([0, 1])
    expect(slope((x) => where(less(x, 0), x.mul(2), x), -1, 1)).toEqual([2, 1])
  })
})
