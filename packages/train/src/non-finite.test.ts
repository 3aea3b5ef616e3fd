import {
  customVjp,
  div,
  exp,
  full,
  grad,
  log,
  mean,
  mul,
  scan,
  sqrt,
  tanh,
  tensor,
  where,
  type Tensor,
} from '@tapeloop/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeNonFinite, findNonFinite } from './non-finite.js'

test('nothing is found where all is finite', () => {
  expect(findNonFinite(({ x }) => exp(x), { x: tensor([1, 2]) })).toBeNull()
})

test('an op that makes an infinity of finite numbers is named, with the place', () => {
  const found = findNonFinite(({ x }) => mean(mul(log(tanh(x)), 0)), {
    x: tensor([
      [1, 2, 3],
      [4, 0, 5],
    ]),
  })
  expect(found).toEqual({
    op: 'log',
    argument: null,
    value: -Infinity,
    shape: [2, 3],
    dtype: 'float32',
    index: [1, 1],
    loops: [],
  })
  expect(describeNonFinite(found!)).toBe('log gives -Infinity at [1, 1] of float32 [2, 3]')
})

test('an argument that is not finite is named by its path', () => {
  const found = findNonFinite(({ params, batch }) => params.w.mul(batch.x).sum(), {
    params: { w: tensor([1, 2]) },
    batch: { x: tensor([NaN, 1]) },
  })
  expect(found).toMatchObject({ op: null, argument: 'batch.x', value: NaN, index: [0] })
  expect(describeNonFinite(found!)).toBe('batch.x holds NaN at [0] of float32 [2]')
})

test('so is a tensor that the function takes from outside', () => {
  const outside = tensor([Infinity])
  expect(findNonFinite(({ x }) => x.mul(outside), { x: tensor([1]) })?.argument).toBe(
    'a tensor from outside of the function',
  )
})

test('what is not finite but never reaches the result does not count', () => {
  const masked = ({ x }: { x: Tensor }) => {
    const open = where(x.less(0), -Infinity, x)
    return div(exp(open), exp(open).sum())
  }
  expect(findNonFinite(masked, { x: tensor([-1, 2, 3]) })).toBeNull()
  // the mask comes first, but the root is what spoils the result
  const both = ({ x }: { x: Tensor }) =>
    exp(where(x.less(0), -Infinity, x))
      .sum()
      .add(sqrt(x).sum())
  expect(findNonFinite(both, { x: tensor([-1, 2, 3]) })).toMatchObject({ op: 'sqrt', value: NaN, index: [0] })
})

test('a constant that is not finite is found by the op that uses it', () => {
  const found = findNonFinite(({ x }) => x.add(full(NaN, [2])), { x: tensor([1, 2]) })
  expect(found?.op).toBe('add')
})

/** A running product, whose logarithm is taken at each step. */
const running = ({ x }: { x: Tensor }, reverse = false) =>
  scan(
    (state: Tensor, now: Tensor) => {
      const next = state.mul(now)
      return [next, log(next)] as const
    },
    full(1, [2]),
    x,
    { reverse },
  )

test('inside of a loop the first time step is named', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(), fc.boolean(), (length, any, reverse) => {
      const t = any % length
      const x = Array.from({ length }, (_, i) => [1.5, i === t ? 0 : 1.5])
      const found = findNonFinite((args: { x: Tensor }) => running(args, reverse)[1], { x: tensor(x) })
      expect(found).toMatchObject({ op: 'log', value: -Infinity, index: [1], loops: [{ step: t, length }] })
    }),
  )
})

test('a carried value is followed back to the step that made it', () => {
  // the state becomes NaN in step 3 and is only looked at in the end
  const last = ({ x }: { x: Tensor }) => running({ x: sqrt(x) })[0]
  const x = Array.from({ length: 8 }, (_, t) => [1, t === 3 ? -1 : 1])
  expect(findNonFinite(last, { x: tensor(x) })).toMatchObject({ op: 'sqrt', index: [3, 1], loops: [] })
  const inside = ({ x }: { x: Tensor }) =>
    scan((state: Tensor, now: Tensor) => [state.add(sqrt(now)), {}] as const, full(0, [2]), x)[0]
  const found = findNonFinite(inside, { x: tensor(x) })
  expect(found).toMatchObject({ op: 'sqrt', value: NaN, index: [1], loops: [{ step: 3, length: 8 }] })
  expect(describeNonFinite(found!)).toBe('sqrt gives NaN at [1] of float32 [2] in time step 3 (of 0 to 7)')
})

test('what comes into a loop is found outside of it', () => {
  const sequence = [
    [1, 1],
    [NaN, 1],
  ]
  expect(findNonFinite((args: { x: Tensor }) => running(args)[0], { x: tensor(sequence) })?.argument).toBe(
    'x',
  )
})

test('loops in loops and custom derivatives are searched too', () => {
  const careful = customVjp(
    (x: Tensor) => sqrt(x),
    ([x], _y, cotangent) => [div(cotangent, x)],
  )
  const nested = ({ x }: { x: Tensor }) =>
    scan(
      (total: Tensor, row: Tensor) => {
        const [sum] = scan((s: Tensor, now: Tensor) => [s.add(careful(now)), {}] as const, full(0, []), row)
        return [total.add(sum), {}] as const
      },
      full(0, []),
      x,
    )[0]
  const found = findNonFinite(nested, {
    x: tensor([
      [1, 2, 3],
      [4, -5, 6],
    ]),
  })
  expect(found).toMatchObject({
    op: 'sqrt',
    loops: [
      { step: 1, length: 2 },
      { step: 1, length: 3 },
    ],
  })
})

test('the backward pass of a loop is searched', () => {
  const loss = (x: Tensor) =>
    scan((s: Tensor, now: Tensor) => [s.add(sqrt(now)), {}] as const, full(0, []), x)[0]
  const x = tensor([4, 4, 0, 4])
  expect(findNonFinite(({ x }) => loss(x), { x })).toBeNull()
  const found = findNonFinite(({ x }) => grad(loss)(x), { x })
  expect(found).toMatchObject({ op: 'div', value: Infinity, loops: [{ step: 2, length: 4 }] })
})
