import { checkClose, checkGradients } from '@tapeloop/testing'
import { describe, expect, test } from 'vitest'
import {
  argmax,
  cast,
  compile,
  cos,
  customJvp,
  customVjp,
  exp,
  grad,
  jvp,
  scan,
  sin,
  stopGradient,
  tensor,
  vjp,
  vmap,
  type Tensor,
} from '../index.js'

const doubles = (...values: number[]) => tensor(Float64Array.from(values), { shape: [values.length] })
const scalar = (value: number) => tensor(value, { dtype: 'float64' })

/** sin with its rules by hand. */
const byVjp = customVjp(
  (x: Tensor) => sin(x),
  ([x], _y, g) => [g.mul(cos(x))],
)
const byJvp = customJvp(
  (x: Tensor) => sin(x),
  ([x], [t]) => t.mul(cos(x)),
)

describe.each([
  { name: 'customVjp', f: byVjp },
  { name: 'customJvp', f: byJvp },
])('a function with its own rule by $name', ({ f }) => {
  const x = doubles(0.3, -0.8, 1.2)

  test('is differentiated by it in both modes, to the third order', () => {
    checkGradients(f, [x], { order: 3 })
    checkGradients((x: Tensor) => f(f(x).mul(x)), [x])
  })

  test('also under vmap, outside and inside', () => {
    checkGradients(vmap(f), [x])
    checkClose('vmap of grad', [vmap(grad((x: Tensor) => f(x)))(x)], [cos(x)], 1e-15)
    checkClose('grad of vmap', [grad((x: Tensor) => vmap(f)(x).sum())(x)], [cos(x)], 1e-15)
    const pairs = x.reshape([3, 1]).mul(doubles(1, 2))
    checkGradients(vmap(vmap(f)), [pairs])
  })

  test('also inside a loop, compiled, and in a loop under vmap', () => {
    const loop = (h: Tensor, x: Tensor) => scan((h: Tensor, x: Tensor) => [f(h.add(x)), h], h, x)
    checkGradients(loop, [scalar(0.2), x])
    checkGradients(vmap(loop, { in: [0, null] }), [doubles(0.2, 0.4), x], { order: 1 })
    const compiled = compile((x: Tensor) => grad((x: Tensor) => loop(scalar(0.2), x)[0])(x))
    checkClose('compiled', [compiled(x)], [grad((x: Tensor) => loop(scalar(0.2), x)[0])(x)])
  })
})

test('the rule is used, not the derivative of the function', () => {
  const straightThrough = customVjp(
    (x: Tensor) => cast(cast(x, 'int32'), 'float64'),
    (_args, _y, g) => [g],
  )
  const x = doubles(1.7, -0.4)
  expect(straightThrough(x).toNested()).toEqual([1, 0])
  expect(grad((x: Tensor) => straightThrough(x).mul(3).sum())(x).toNested()).toEqual([3, 3])
  expect(jvp(straightThrough, [x], [doubles(5, 6)]).tangent.toNested()).toEqual([5, 6])
})

test('the rule sees arguments, result and cotangent in the records of the function', () => {
  const f = customVjp(
    ({ a, b }: { a: Tensor; b: readonly [Tensor] }) => ({ y: a.mul(b[0]), z: exp(a) }),
    ([{ a, b }], { z }, { y: gy, z: gz }) => [{ a: gy.mul(b[0]).add(gz.mul(z)), b: [gy.mul(a)] as const }],
  )
  checkGradients(f, [{ a: doubles(0.3, 0.7), b: [doubles(2, 3)] }])
})

test('integer arguments and results pass through', () => {
  const f = customJvp(
    (x: Tensor, scale: Tensor) => ({ y: x.mul(cast(scale, 'float64')), at: argmax(x) }),
    ([, scale], [t]) => ({ y: t.mul(cast(scale, 'float64')), at: tensor(0, { dtype: 'int32' }) }),
  )
  const { value, pullback } = vjp(f, doubles(1, 4), tensor(3, { dtype: 'int32' }))
  expect([value.y.toNested(), value.at.itemSync()]).toEqual([[3, 12], 1])
  const [toX, toScale] = pullback({ y: doubles(1, 2), at: tensor(0, { dtype: 'int32' }) })
  expect([toX.toNested(), toScale.itemSync()]).toEqual([[3, 6], 0])
})

describe('what function and rule use from outside', () => {
  const product = (w: Tensor, x: Tensor) =>
    customVjp(
      (x: Tensor) => x.mul(stopGradient(w)),
      (_args, _y, g) => [g.mul(w)],
    )(x)

  test('follows them into other traces: derivatives, loops and vmap', () => {
    const [toW, toX] = vjp(product, scalar(3), scalar(2)).pullback(scalar(1))
    expect([toW.itemSync(), toX.itemSync()]).toEqual([0, 3])
    expect(jvp(product, [scalar(3), scalar(2)], [scalar(5), scalar(7)]).tangent.itemSync()).toBe(21)
    const loop = (xs: Tensor) =>
      scan((h: Tensor, x: Tensor) => [product(stopGradient(h), x), {}], scalar(1), xs)[0]
    expect(grad(loop)(doubles(2, 3)).toNested()).toEqual([0, 2])
    expect(vmap(grad(product, { argument: 1 }))(doubles(3, 4), doubles(1, 1)).toNested()).toEqual([3, 4])
  })

  test('the rule has a derivative with respect to it', () => {
    const slope = (w: Tensor) => grad((x: Tensor) => product(w, x))(scalar(2))
    expect(grad(slope)(scalar(3)).itemSync()).toBe(1)
  })

  test('has no gradient, and is refused where one would be lost', () => {
    const f = (w: Tensor) =>
      customVjp(
        (x: Tensor) => x.mul(w),
        (_args, _y, g) => [g.mul(w)],
      )(scalar(2))
    const message =
      'customVjp: the function uses a tensor of shape [] from outside, for which the rule gives no gradient; ' +
      'pass it as an argument, or through stopGradient(…)'
    expect(f(scalar(3)).itemSync()).toBe(6)
    expect(() => grad(f)(scalar(3))).toThrow(message)
    expect(() => jvp(f, [scalar(3)], [scalar(1)])).toThrow(message)
  })
})

test('several results get zeros where nothing arrives', () => {
  const f = customVjp(
    (x: Tensor) => [x.mul(2), x.mul(3)] as const,
    (_args, _result, [g, h]) => [g.mul(2).add(h.mul(3))],
  )
  expect(grad((x: Tensor) => f(x)[1])(scalar(1)).itemSync()).toBe(3)
  checkGradients(f, [doubles(1, 2)])
})
