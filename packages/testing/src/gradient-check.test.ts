import { customJvp, customVjp, scan, sin, tanh, tensor, where, type Tensor } from '@tapeloop/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tensors } from './draw.js'
import { checkGradients } from './gradient-check.js'

const x = tensor(Float64Array.of(0.3, -0.7, 1.1), {})
const w = tensor(Float64Array.of(0.5, 0.2, -0.4, 0.1, 0.9, -0.3, 0.8, -0.6, 0.7), { shape: [3, 3] })

test('right derivatives pass, to the third order', () => {
  checkGradients((x, { w }) => tanh(x.matmul(w)).mul(x), [x, { w }], { order: 3 })
})

test('integer and bool arguments stay fixed, and such results are left out', () => {
  const mask = tensor([true, false, true])
  const step = (h: Tensor, x: Tensor): [Tensor, Tensor] => [tanh(h.add(x)), h]
  checkGradients(
    (x: Tensor, mask: Tensor) => [where(mask, sin(x), x), x.less(0), scan(step, x.sum(), x)],
    [x, mask],
  )
})

test('a rule wrong by 0.1 % is caught, with the place and the seed', () => {
  const wrong = customVjp(
    (x: Tensor) => sin(x),
    ([x], _y, g) => [g.mul(sin(x.add(Math.PI / 2)).mul(1.001))],
  )
  expect(() => checkGradients(wrong, [x], { name: 'sine', seed: 7 })).toThrow(
    /sine: reverse mode gives .* but central differences give .* element \d of 0 is worst, analytic .* seed 7, at\n0 = tensor float64 \[3\]/,
  )
})

test('a forward rule that disagrees is caught', () => {
  const wrong = customJvp(
    (x: Tensor) => x.mul(x),
    ([x], [t]) => x.mul(t).mul(1.999),
  )
  expect(() => checkGradients(wrong, [x])).toThrow(/central differences/)
})

test('a rule that is right itself, with a wrong derivative of its own, is caught in the second order', () => {
  // the rule reads a frozen cosine: its value is right, its derivative is zero
  const frozen = customVjp(
    (y: Tensor) => y,
    ([y]) => [y.mul(0)],
  )
  const wrong = customVjp(
    (x: Tensor) => sin(x),
    ([x], _y, g) => [g.mul(frozen(sin(x.add(Math.PI / 2))))],
  )
  checkGradients(wrong, [x], { order: 1 })
  expect(() => checkGradients(wrong, [x])).toThrow(/the reverse derivative of/)
})

test('NaN is never equal to anything', () => {
  expect(() => checkGradients((x: Tensor) => x.pow(0.5), [x])).toThrow(/NaN/)
})

test('float32 is refused', () => {
  expect(() => checkGradients((x: { a: Tensor }) => x.a, [{ a: tensor([1]) }])).toThrow(
    'checkGradients: argument 0.a of the function is float32, too coarse for differences; pass float64 tensors',
  )
})

test('a failure shrinks to a small counterexample', () => {
  // wrong only where an element is above 1
  const wrong = customVjp(
    (x: Tensor) => x.mul(x),
    ([x], _y, g) => [g.mul(x).mul(where(x.less(1), tensor(Float64Array.of(2), { shape: [1] }), 2.1))],
  )
  const property = fc.property(tensors({ minRank: 1 }), (x) => checkGradients(wrong, [x], { name: 'square' }))
  const { failed, counterexample } = fc.check(property, { seed: 1 })
  expect(failed).toBe(true)
  expect(String(counterexample![0])).toBe('tensor float64 [1] [1.105]')
})
