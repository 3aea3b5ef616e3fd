import { checkClose, checkGradients, programs } from '@tapeloop/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  argmax,
  cast,
  cos,
  exp,
  full,
  grad,
  iota,
  jvp,
  maximum,
  relu,
  scan,
  sin,
  stopGradient,
  sum,
  take,
  tanh,
  tensor,
  trace,
  valueAndGrad,
  valueAuxAndGrad,
  vjp,
  vmap,
  zeros,
  type Tensor,
} from '../index.js'

const doubles = (...values: number[]) => tensor(Float64Array.from(values), { shape: [values.length] })
const scalar = (value: number) => tensor(value, { dtype: 'float64' })
const plus = (a: Tensor, b: Tensor) => a.add(b)
const times = (a: Tensor, b: Tensor) => a.mul(b)

describe('grad', () => {
  test('has the structure of the argument it differentiates', () => {
    const loss = ({ w, b }: { w: Tensor; b: readonly [Tensor, Tensor] }, x: Tensor) =>
      x.mul(w).add(b[0]).mul(b[1]).sum()
    const gradient = grad(loss)({ w: doubles(2), b: [doubles(3), doubles(5)] }, doubles(7))
    expect(gradient.w.toNested()).toEqual([35])
    expect(gradient.b.map((b) => b.toNested())).toEqual([[5], [17]])
    expect(Object.keys(gradient)).toEqual(['w', 'b'])
  })

  test('differentiates another argument if told', () => {
    const f = (a: Tensor, b: Tensor) => a.mul(b).mul(b)
    expect(grad(f, { argument: 1 })(scalar(3), scalar(5)).itemSync()).toBe(30)
  })

  test('of what is not used is zero', () => {
    const gradient = grad(({ a }: { a: Tensor; b: Tensor }) => a.sum())({ a: doubles(1), b: doubles(1, 2) })
    expect(gradient.b.toNested()).toEqual([0, 0])
  })

  test('goes to any order', () => {
    let f = (x: Tensor): Tensor => sin(x)
    for (let order = 0; order < 5; order++) f = grad(f)
    expect(f(scalar(0.4)).itemSync()).toBeCloseTo(Math.cos(0.4), 14)
  })

  test('keeps float32', () => {
    const gradient = grad((x: Tensor) => exp(x).sum())(tensor([0, 1]))
    expect(gradient.dtype).toBe('float32')
    expect(gradient.toNested()).toEqual([1, Math.fround(Math.E)])
  })

  test('is refused at integers and bools, by name', () => {
    const f = ({ x, i }: { x: Tensor; i: Tensor }) => take(x, i).sum()
    expect(() => grad(f)({ x: doubles(1, 2), i: iota(1) })).toThrow(
      'grad: i is int32 and has no derivative; pass it as another argument',
    )
    expect(() => grad((x: Tensor) => cast(x, 'float32').sum())(tensor([true]))).toThrow(
      'grad: the argument is bool and has no derivative; pass it as another argument',
    )
  })

  test('wants a float scalar', () => {
    expect(() => grad((x: Tensor) => x)(doubles(1, 2))).toThrow(
      'grad: the function returned shape [2]; return a scalar, for example sum() or mean()',
    )
    expect(() => grad((x: Tensor) => argmax(x))(doubles(1, 2))).toThrow(
      'grad: the function returned int32, which has no derivative; return a float',
    )
  })

  test('of a traced function refuses to read numbers', () => {
    expect(() => grad((x: Tensor) => (x.itemSync() > 0 ? x : x.neg()))(scalar(1))).toThrow(
      'data: this tensor of shape [] has no numbers: it stands for any value while a function is traced by compile, ' +
        'grad, vmap or scan; choose with where(…), or pass the number in as an argument',
    )
  })
})

test('valueAndGrad and valueAuxAndGrad run the function once', () => {
  let calls = 0
  const f = (x: Tensor) => {
    calls++
    return x.mul(x).sum()
  }
  const [value, gradient] = valueAndGrad(f)(doubles(1, 2))
  expect([value.itemSync(), gradient.toNested()]).toEqual([5, [2, 4]])
  const withAux = valueAuxAndGrad((x: Tensor) => [f(x), { double: x.add(x), at: argmax(x) }])
  const [again, { double, at }, same] = withAux(doubles(1, 2))
  expect([again.itemSync(), double.toNested(), at.itemSync()]).toEqual([5, [2, 4], 1])
  expect(same.toNested()).toEqual([2, 4])
  expect(calls).toBe(2)
})

describe('vjp', () => {
  test('gives the value and cotangents in the structure of the arguments', () => {
    const f = (a: Tensor, { b }: { b: Tensor }) => ({ product: a.mul(b), sum: [a.add(b)] as const })
    const { value, pullback } = vjp(f, doubles(2, 3), { b: doubles(5, 7) })
    expect(value.product.toNested()).toEqual([10, 21])
    const [a, { b }] = pullback({ product: doubles(1, 0), sum: [doubles(0, 1)] })
    expect([a.toNested(), b.toNested()]).toEqual([
      [5, 1],
      [2, 1],
    ])
  })

  test('gives zeros to integers', () => {
    const { pullback } = vjp((x: Tensor, i: Tensor) => take(x, i), doubles(1, 2), iota(2))
    const [toX, toIndices] = pullback(doubles(3, 4))
    expect(toX.toNested()).toEqual([3, 4])
    expect([toIndices.dtype, toIndices.toNested()]).toEqual(['int32', [0, 0]])
  })

  test('is linear in the cotangent', () => {
    const { pullback } = vjp((x: Tensor) => tanh(x).mul(x), doubles(0.3, -0.8))
    const [u, w] = [doubles(1, 2), doubles(-3, 0.5)]
    const [together] = pullback(u.mul(2).add(w))
    checkClose('2u + w', [together], [pullback(u)[0].mul(2).add(pullback(w)[0])], 1e-15)
    checkClose('nothing', pullback(zeros([2], 'float64')), [zeros([2], 'float64')])
  })

  test('of a composition is the composition of pullbacks', () => {
    const [f, g] = [(x: Tensor) => sin(x).mul(x), (x: Tensor) => exp(x.sum()).mul(x)]
    const x = doubles(0.2, 0.5)
    const first = vjp(f, x)
    const second = vjp(g, first.value)
    const u = doubles(1, -2)
    checkClose(
      'g∘f',
      vjp((x: Tensor) => g(f(x)), x).pullback(u),
      first.pullback(second.pullback(u)[0]),
      1e-14,
    )
  })

  test('refuses a cotangent of another structure, shape or dtype', () => {
    const { pullback } = vjp((x: Tensor) => ({ y: x }), doubles(1, 2))
    expect(() => pullback({ z: doubles(1) } as never)).toThrow('pullback: the record lacks y')
    expect(() => pullback({ y: doubles(1) })).toThrow(
      'pullback: the cotangent of y is float64 [1]; it must be float64 [2]',
    )
    expect(() => pullback({ y: tensor([1, 2]) })).toThrow('float32 [2]; it must be float64 [2]')
  })
})

describe('jvp', () => {
  test('follows tangents of records', () => {
    const f = ({ a, b }: { a: Tensor; b: Tensor }) => [a.mul(b), a.sub(b)]
    const { value, tangent } = jvp(f, [{ a: doubles(2), b: doubles(3) }], [{ a: doubles(1), b: doubles(10) }])
    expect([value[0]!.toNested(), tangent[0]!.toNested()]).toEqual([[6], [23]])
  })

  test('ignores tangents of integers, and gives zeros for results without derivative', () => {
    const f = (x: Tensor, i: Tensor) => [take(x, i), argmax(x)]
    const { tangent } = jvp(f, [doubles(1, 5), iota(2)], [doubles(3, 4), full(9, [2], 'int32')])
    expect(tangent[0]!.toNested()).toEqual([3, 4])
    expect([tangent[1]!.dtype, tangent[1]!.itemSync()]).toEqual(['int32', 0])
  })

  test('refuses tangents of another structure or shape', () => {
    const f = (x: Tensor) => x
    expect(() => jvp(f, [doubles(1, 2)], [doubles(1)])).toThrow(
      'jvp: the tangent of 0 is float64 [1]; it must be float64 [2]',
    )
    expect(() => jvp(f, [doubles(1)], [] as never)).toThrow('jvp: the record lacks 0')
  })

  test('of jvp of jvp is the third derivative', () => {
    const one = scalar(1)
    const derive = (f: (x: Tensor) => Tensor) => (x: Tensor) => jvp(f, [x], [one]).tangent
    expect(derive(derive(derive((x: Tensor) => x.mul(x).mul(x))))(scalar(7)).itemSync()).toBe(6)
  })

  test('along and against reverse mode gives the same Hessian product', () => {
    const f = (x: Tensor) => tanh(x.mul(x)).sum().mul(cos(x.sum()))
    const [x, v] = [doubles(0.3, -0.5, 0.9), doubles(1, 2, -1)]
    const forwardOverReverse = jvp(grad(f), [x], [v]).tangent
    const reverseOverForward = grad((x: Tensor) => jvp(f, [x], [v]).tangent)(x)
    const reverseOverReverse = grad((x: Tensor) => grad(f)(x).mul(v).sum())(x)
    checkClose(
      'Hv',
      [reverseOverForward, reverseOverReverse],
      [forwardOverReverse, forwardOverReverse],
      1e-13,
    )
  })
})

describe('vmap', () => {
  test('maps axis 0 of every argument unless told', () => {
    const dot = (a: Tensor, b: Tensor) => a.mul(b).sum()
    const [a, b] = [tensor([[1, 2], [3, 4]]), tensor([[5, 6], [7, 8]])] // prettier-ignore
    expect(vmap(dot)(a, b).toNested()).toEqual([17, 53])
    expect(vmap(dot, { in: [1, 1] })(a, b).toNested()).toEqual([26, 44])
    expect(vmap(dot, { in: [0, null] })(a, tensor([1, 10])).toNested()).toEqual([21, 43])
    expect(vmap(dot, { in: [null, -1] })(tensor([1, 10]), b).toNested()).toEqual([75, 86])
  })

  test('puts the mapped axis where told, and repeats results that do not vary', () => {
    const f = (x: Tensor, y: Tensor) => ({ x, y })
    const { x, y } = vmap(f, { in: [0, null], out: 1 })(zeros([2, 3]), tensor([7, 8, 9]))
    expect(x.shape).toEqual([3, 2])
    expect(y.toNested()).toEqual([
      [7, 7],
      [8, 8],
      [9, 9],
    ])
  })

  test('nests', () => {
    const outer = vmap(vmap(times, { in: [null, 0] }), { in: [0, null] })
    expect(outer(tensor([1, 2]), tensor([3, 4, 5])).toNested()).toEqual([
      [3, 4, 5],
      [6, 8, 10],
    ])
  })

  test('takes records, all their tensors along the axis of the argument', () => {
    const f = ({ w, b }: { w: Tensor; b: Tensor }, x: Tensor) => w.mul(x).sum().add(b)
    const y = vmap(f, { in: [0, null] })({ w: tensor([[1, 2], [3, 4]]), b: tensor([10, 20]) }, tensor([1, 1])) // prettier-ignore
    expect(y.toNested()).toEqual([13, 27])
  })

  test('of grad gives the gradient of each example, whose sum is that of the batch', () => {
    const loss = (w: Tensor, x: Tensor) => tanh(x.mul(w)).sum()
    const [w, xs] = [doubles(0.2, -0.4), doubles(1, 2, 3, 4, 5, 6).reshape([3, 2])]
    const each = vmap(grad(loss), { in: [null, 0] })(w, xs)
    const all = grad((w: Tensor) => vmap(loss, { in: [null, 0] })(w, xs).sum())(w)
    expect(each.shape).toEqual([3, 2])
    checkClose('sum of gradients', [each.sum(0)], [all], 1e-15)
  })

  test('refuses sizes that differ, and calls that map nothing', () => {
    expect(() => vmap(plus)(zeros([2]), zeros([3]))).toThrow(
      'vmap: argument 1 has 3 entries along axis 0, an earlier one 2; make them equal',
    )
    expect(() => vmap(plus, { in: [null, null] })(zeros([2]), zeros([2]))).toThrow(
      'vmap: no argument is mapped; give at least one an axis',
    )
    expect(() => vmap(plus, { in: [2, 0] })(zeros([2]), zeros([2]))).toThrow(
      'vmap: axis 2 does not exist: the tensor has 1 axes, so use -1 to 0',
    )
    expect(() => vmap(plus, { in: [0] })(zeros([2]), zeros([2]))).toThrow(
      'vmap: in has 1 entries but the call has 2 arguments; give an axis or null for each',
    )
  })
})

describe('stopGradient', () => {
  test('is the identity without a derivative, in both modes and under vmap', () => {
    const f = (x: Tensor) => x.mul(stopGradient(x))
    expect(f(scalar(3)).itemSync()).toBe(9)
    expect(grad(f)(scalar(3)).itemSync()).toBe(3)
    expect(jvp(f, [scalar(3)], [scalar(1)]).tangent.itemSync()).toBe(3)
    expect(vmap(grad(f))(doubles(1, 2)).toNested()).toEqual([1, 2])
    expect(grad(grad((x: Tensor) => f(x).mul(x)))(scalar(3)).itemSync()).toBe(6)
  })
})

test('kinks follow PyTorch: relu and abs have 0 at 0, equal operands share', () => {
  expect(grad((x: Tensor) => relu(x).sum())(doubles(-1, 0, 1)).toNested()).toEqual([0, 0, 1])
  expect(grad((x: Tensor) => x.max())(doubles(3, 1, 3)).toNested()).toEqual([0.5, 0, 0.5])
  expect(grad((x: Tensor) => maximum(x, 0).sum())(doubles(0)).toNested()).toEqual([0.5])
})

test('a function of a function under differentiation keeps the levels apart', () => {
  // d/dx (x · d/dy (x + y)) = 1: the classic perturbation confusion gives 2
  const f = (x: Tensor) => x.mul(grad((y: Tensor) => x.add(y))(scalar(1)))
  expect(grad(f)(scalar(5)).itemSync()).toBe(1)
  expect(jvp(f, [scalar(5)], [scalar(1)]).tangent.itemSync()).toBe(1)
  const g = (x: Tensor) => x.mul(jvp((y: Tensor) => x.mul(y), [x], [scalar(1)]).tangent)
  expect(grad(g)(scalar(5)).itemSync()).toBe(10)
})

test('a derivative inside a loop, and a loop inside a derivative', () => {
  const newton = (a: Tensor) => {
    const f = (x: Tensor) => x.mul(x).sub(a)
    return scan(
      (x: Tensor) => [x.sub(f(x).div(grad(f)(x))), {}],
      full(1, [], 'float64'),
      {},
      { length: 8 },
    )[0]
  }
  expect(newton(scalar(2)).itemSync()).toBeCloseTo(Math.SQRT2, 14)
  expect(grad(newton)(scalar(2)).itemSync()).toBeCloseTo(0.5 / Math.SQRT2, 12)
  checkGradients(newton, [scalar(2)])
})

test('casting between floats has a derivative, in the dtype of what is cast', () => {
  const f = (x: Tensor) => cast(cast(x, 'float32').mul(3), 'float64').sum()
  const gradient = grad(f)(doubles(1, 2))
  expect([gradient.dtype, gradient.toNested()]).toEqual(['float64', [3, 3]])
  expect(jvp(f, [doubles(1)], [doubles(2)]).tangent.toNested()).toBe(6)
  expect(grad((x: Tensor) => cast(cast(x, 'int32'), 'float64').sum())(doubles(1.5)).toNested()).toEqual([0])
})

test('random programs: the gradient of a sum is the sum of the gradients', () => {
  const holds = fc.property(programs({ steps: 8 }), ({ f, args }) => {
    const loss = (...values: Tensor[]) => f(...values).reduce((all, y) => all.add(y.sum()), scalar(0))
    const one = vjp(loss, ...args).pullback(scalar(1))
    const twice = vjp((...values: Tensor[]) => loss(...values).add(loss(...values)), ...args)
    const floats = (parts: readonly Tensor[]) => parts.filter(({ dtype }) => dtype === 'float64')
    checkClose(
      'twice',
      floats(twice.pullback(scalar(1))),
      floats(one).map((g) => g.add(g)),
      1e-12,
    )
  })
  fc.assert(holds, { seed: 1, numRuns: 50 })
})

test('a derivative adds no work for what does not vary', () => {
  const graph = trace(
    grad((x: Tensor, y: Tensor) => sum(x.mul(exp(y)))),
    doubles(1, 2),
    doubles(3, 4),
  )
  const names = new Set<string>()
  const visit = (x: Tensor) => {
    if (x.node && !names.has(x.node.op.name)) {
      names.add(x.node.op.name)
      x.node.inputs.forEach(visit)
    }
  }
  graph.outputs.forEach(visit)
  expect([...names].filter((name) => name === 'exp')).toHaveLength(1)
  expect(names.has('add')).toBe(false)
})
