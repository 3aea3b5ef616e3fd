import { expect, test } from 'vitest'
import {
  asinh,
  atan,
  cosh,
  grad,
  greater,
  hypot,
  isFinite,
  isNaN,
  lerp,
  log2,
  notEqual,
  pow,
  rsqrt,
  sinh,
  square,
  tan,
  tensor,
  type DType,
  type Nested,
  type Tensor,
} from '../index.js'

const of = (data: Nested, dtype: DType = 'float64') => tensor(data, { dtype })

test.each([
  ['asinh', asinh, Math.asinh, [-1e200, -3, -1e-12, 0, 0.5, 1e9, 1e300]],
  ['sinh', sinh, Math.sinh, [-20, -1e-12, 0, 1e-9, 3]],
  ['cosh', cosh, Math.cosh, [-20, 0, 3]],
  ['atan', atan, Math.atan, [-1e300, -1, 0, 2]],
  ['tan', tan, Math.tan, [-1, 0, 1.5]],
  ['log2', log2, Math.log2, [0.125, 1, 3, 8]],
  ['rsqrt', rsqrt, (x: number) => 1 / Math.sqrt(x), [0.25, 2]],
] as const)('%s keeps its digits', (_name, f, exact, at) => {
  const y = f(of([...at])).toNested() as number[]
  at.forEach((x, i) => expect(Math.abs(y[i]! - exact(x))).toBeLessThanOrEqual(2e-15 * Math.abs(exact(x))))
})

test('hypot neither overflows nor underflows, and is flat at the origin', () => {
  expect(hypot(of([3e200, 3e-200, 0, Infinity]), of([4e200, 4e-200, 0, 1])).toNested()).toEqual([
    4.9999999999999995e200,
    5e-200,
    0,
    Infinity,
  ])
  expect(grad((x: Tensor) => hypot(x, 0).sum())(of([0, -2])).toNested()).toEqual([0, -1])
})

test('pow at zero has the limits, in any order', () => {
  const nth = (f: (x: Tensor) => Tensor, n: number): ((x: Tensor) => Tensor) =>
    n === 0 ? (x) => f(x).add(0) : nth((x) => grad((x: Tensor) => f(x).sum())(x), n - 1)
  expect(nth((x) => pow(x, 0), 1)(of([0, 2])).toNested()).toEqual([0, 0])
  expect(nth((x) => pow(x, 0), 2)(of([0, 2])).toNested()).toEqual([0, 0])
  expect(nth((x) => pow(x, 2), 2)(of([0, 2])).toNested()).toEqual([2, 2])
  expect(nth((x) => pow(x, 2), 3)(of([0, 2])).toNested()).toEqual([0, 0])
  expect(nth((b) => pow(of(0), b), 2)(of(2)).toNested()).toBe(0)
})

test('comparisons with what is not a number', () => {
  const x = of([1, NaN, Infinity])
  expect(isNaN(x).toNested()).toEqual([false, true, false])
  expect(isFinite(x).toNested()).toEqual([true, false, false])
  expect(isFinite(of([1], 'int32')).toNested()).toEqual([true])
  expect(notEqual(x, x).toNested()).toEqual([false, true, false])
  expect(greater(x, 0).toNested()).toEqual([true, false, true])
})

test('lerp and square', () => {
  expect(lerp(of([0, 10]), of([10, 20]), 0.5).toNested()).toEqual([5, 15])
  expect(square(of([-3], 'int32')).toNested()).toEqual([9])
})

test('a refusal names the function that was called', () => {
  expect(() => sinh(of([1], 'int32'))).toThrow(
    'sinh: the tensor is int32; cast it to float32 or float64 first',
  )
  expect(() => square(3 as unknown as Tensor)).toThrow(
    'square: the operand is 3, not a tensor; wrap numbers in tensor(…)',
  )
})
