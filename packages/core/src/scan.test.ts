import { checkClose, checkGradients, programs } from '@tapeloop/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  compile,
  cos,
  full,
  grad,
  jvp,
  remainder,
  scan,
  sliceAxis,
  stack,
  stopGradient,
  tanh,
  tensor,
  trace,
  valueAndGrad,
  vjp,
  vmap,
  where,
  zeros,
  type ScanOptions,
  type Tensor,
} from './index.js'

const doubles = (values: readonly number[], shape = [values.length]) =>
  tensor(Float64Array.from(values), { shape })
/** Numbers that no sum rounds away. */
const wave = (shape: number[], offset = 0) =>
  doubles(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(7 * i + offset)),
    shape,
  )
const bytes = (tensors: readonly Tensor[]) =>
  tensors.map((x) => [...new Uint8Array(x.dataSync().buffer as ArrayBuffer)])

/** An Elman step that uses its kernel twice. */
const step =
  (kernel: Tensor) =>
  (h: Tensor, x: Tensor): [Tensor, Tensor] => {
    const next = tanh(h.matmul(kernel).add(x))
    return [next, next.mul(cos(x.matmul(kernel)))]
  }

/** The same by a plain loop, outputs in the order of the inputs. */
function unrolled(kernel: Tensor, start: Tensor, xs: Tensor, reverse: boolean): [Tensor, Tensor[]] {
  const length = xs.shape[0]!
  const ys = new Array<Tensor>(length)
  let h = start
  for (let i = 0; i < length; i++) {
    const t = reverse ? length - 1 - i : i
    ;[h, ys[t]] = step(kernel)(h, sliceAxis(xs, 0, t, t + 1).reshape(xs.shape.slice(1)))
  }
  return [h, ys]
}

describe.each([{ reverse: false }, { reverse: true }])('a loop with reverse $reverse', ({ reverse }) => {
  test.each([1, 2, 5])('over %i steps gives the values and the gradients of the plain loop', (time) => {
    const args = [wave([3, 3]), wave([2, 3], 1), wave([time, 2, 3], 2)] as const
    const looped = (...[kernel, start, xs]: Tensor[]) => {
      const [last, ys] = scan(step(kernel!), start!, xs!, { reverse })
      return [last, ys]
    }
    const plain = (...[kernel, start, xs]: Tensor[]) => {
      const [last, ys] = unrolled(kernel!, start!, xs!, reverse)
      return [last, stack(ys)]
    }
    const { value, pullback } = vjp(looped, ...args)
    const expected = vjp(plain, ...args)
    expect(value.map((y) => y!.toNested())).toEqual(expected.value.map((y) => y!.toNested()))
    const cotangents = [wave([2, 3], 4), wave([time, 2, 3], 3)]
    checkClose('gradients', pullback(cotangents), expected.pullback(cotangents), 1e-13)
  })

  test('over no steps returns the start, empty outputs, and the gradient of the identity', () => {
    const f = (start: Tensor, xs: Tensor) => scan(step(wave([3, 3])), start, xs, { reverse })
    const { value, pullback } = vjp(f, wave([2, 3]), zeros([0, 2, 3], 'float64'))
    expect(value[0].toNested()).toEqual(wave([2, 3]).toNested())
    expect(value[1].shape).toEqual([0, 2, 3])
    const [toStart, toXs] = pullback([wave([2, 3], 5), zeros([0, 2, 3], 'float64')])
    expect(toStart.toNested()).toEqual(wave([2, 3], 5).toNested())
    expect(toXs.shape).toEqual([0, 2, 3])
  })

  test('has derivatives of the third order', () => {
    const f = (kernel: Tensor, start: Tensor, xs: Tensor) =>
      scan(step(kernel), start, xs, { reverse, checkpoint: 'all' })
    checkGradients(f, [wave([2, 2]), wave([1, 2]), wave([3, 1, 2])], { order: 3 })
  })
})

test('the loop runs along axis 1 of batch-first data, and stacks outputs there', () => {
  const xs = wave([2, 4, 3])
  const run = (axis: number, xs: Tensor) =>
    scan(step(wave([3, 3], 1)), zeros([2, 3], 'float64'), xs, { axis })
  const [, ys] = run(1, xs)
  const [, expected] = run(0, xs.transpose([1, 0, 2]))
  expect(ys.shape).toEqual([2, 4, 3])
  expect(ys.toNested()).toEqual(expected.transpose([1, 0, 2]).toNested())
  expect(run(-2, xs)[1].toNested()).toEqual(ys.toNested())
})

test('carry, sequences and outputs are nested records, and keep their structure', () => {
  const [last, ys] = scan(
    ({ state: [h], count }, { x, skip }) => {
      const next = where(skip, h, h.add(x))
      return [
        { state: [next] as const, count: count.add(1) },
        { sum: next, at: [count] as const },
      ]
    },
    { state: [zeros([])] as const, count: full(5, [], 'int32') },
    { x: tensor([1, 2, 3]), skip: tensor([false, true, false]) },
  )
  expect(last.state[0].itemSync()).toBe(4)
  expect(last.count.toNested()).toBe(8)
  expect(ys.sum.toNested()).toEqual([1, 1, 4])
  expect(ys.at[0].toNested()).toEqual([5, 6, 7])
})

test('without sequences a length says how often', () => {
  const [last, ys] = scan((h: Tensor) => [h.mul(2), h], tensor(1), {}, { length: 5 })
  expect(last.itemSync()).toBe(32)
  expect(ys.toNested()).toEqual([1, 2, 4, 8, 16])
})

test('the step is called once, whatever the number of steps', () => {
  let calls = 0
  const count = (h: Tensor, x: Tensor): [Tensor, Tensor] => {
    calls++
    return [h.add(x), h]
  }
  expect(scan(count, zeros([]), zeros([1000]))[0].itemSync()).toBe(0)
  expect(calls).toBe(1)
})

test('an integer carry and a bool output go along with gradients', () => {
  const f = (x: Tensor) => {
    const [{ h }, { isEven }] = scan(
      ({ h, n }, { x }) => {
        const isEven = remainder(n, 2).equal(0)
        return [{ h: h.add(x.mul(n.cast('float64'))), n: n.add(1) }, { isEven }]
      },
      { h: zeros([], 'float64'), n: full(0, [], 'int32') },
      { x },
    )
    return h.add(isEven.cast('float64').sum())
  }
  expect(grad(f)(wave([4])).toNested()).toEqual([0, 1, 2, 3])
  expect(f(zeros([4], 'float64')).itemSync()).toBe(2)
})

test('what the step captures from outside receives its gradient', () => {
  const f = (w: Tensor) => scan((h: Tensor, x: Tensor) => [h.mul(w).add(x), {}], w, wave([3]))[0]
  checkGradients(f, [doubles([0.7], [])], { order: 3 })
  // and a scan that captures nothing but a number made outside
  const two = doubles([2], [])
  const g = (x: Tensor) => scan((h: Tensor, x: Tensor) => [h.mul(two).add(x), {}], zeros([], 'float64'), x)[0]
  expect(grad(g)(wave([3])).toNested()).toEqual([4, 2, 1])
})

test('stopGradient inside a step cuts the gradient through time', () => {
  const f = (x: Tensor) =>
    scan((h: Tensor, x: Tensor) => [stopGradient(h).mul(x), {}], doubles([3], []), x)[0]
  expect(grad(f)(doubles([2, 5])).toNested()).toEqual([0, 6])
})

test('forward mode follows tangents of carry, sequence and capture', () => {
  const f = (a: Tensor, b: Tensor, c: Tensor) =>
    scan((h: Tensor, x: Tensor) => [h.mul(c).add(x), h], a, b, { reverse: true })
  const one = doubles([1], [])
  const { value, tangent } = jvp(f, [one, doubles([1, 2]), doubles([2], [])], [one, doubles([1, 1]), one])
  expect(value[0].itemSync()).toBe(9) // (1·2 + 2)·2 + 1
  expect(tangent[0].itemSync()).toBe(13) // d/dε (((1+ε)(2+ε) + 2+ε)(2+ε) + 1+ε)
  expect(tangent[1].toNested()).toEqual([4, 1])
})

test('loops within loops, each in its direction, compiled and not', () => {
  const f = (xs: Tensor, w: Tensor) =>
    scan(
      (c: Tensor, row: Tensor) => {
        const inner = (d: Tensor, x: Tensor): [Tensor, Tensor] => [tanh(d.mul(w).add(x)), d]
        const [last, ys] = scan(inner, c, row, { reverse: true })
        return [last, ys]
      },
      zeros([], 'float64'),
      xs,
    )
  checkGradients(f, [wave([3, 2]), doubles([0.4], [])])
  const many = vmap(f, { in: [0, null] })
  checkGradients(many, [wave([2, 3, 2]), doubles([0.4], [])], { order: 1 })
  expect(bytes(compile(f)(wave([3, 2]), doubles([0.4], [])))).toEqual(
    bytes(f(wave([3, 2]), doubles([0.4], []))),
  )
})

test('vmap of a loop is one loop, and maps only what varies', () => {
  const f = (h: Tensor, xs: Tensor) =>
    scan((h: Tensor, x: Tensor) => [h.mul(0.5).add(x), h], h, xs, { reverse: true })
  const xs = wave([4])
  const [last, ys] = vmap(f, { in: [0, null] })(doubles([1, 2, 3]), xs)
  ;[1, 2, 3].forEach((h, i) => {
    const [one, many] = f(doubles([h], []), xs)
    expect(last.toNested()).toHaveProperty(String(i), one.toNested())
    expect(ys.toNested()).toHaveProperty(String(i), many.toNested())
  })
  const graph = trace(vmap(f, { in: [null, 0] }), doubles([1], []), wave([3, 4]))
  const loops = graph.outputs[0]!.node!
  expect(loops.op.name).toBe('scan')
})

test('20,000 steps overflow no stack, forward, backward, forward mode and batched', () => {
  const time = 20_000
  const f = (x: Tensor) => scan((h: Tensor, x: Tensor) => [h.mul(0.5).add(x), h], zeros([], 'float64'), x)[0]
  const xs = full(1, [time], 'float64')
  const [value, gradient] = valueAndGrad(f)(xs)
  expect(value.itemSync()).toBe(2)
  expect(gradient.dataSync()[time - 3]).toBe(0.25)
  expect(jvp(f, [xs], [xs]).tangent.itemSync()).toBe(2)
  expect(grad((x: Tensor) => grad(f)(x).sum())(xs).dataSync()[0]).toBe(0)
  expect(vmap(f, { in: [1] })(full(1, [time, 2], 'float64')).toNested()).toEqual([2, 2])
})

describe('checkpointing', () => {
  /** Every argument is used several times, inside and outside the loop. */
  const loss = (how: ScanOptions) => (kernel: Tensor, start: Tensor, xs: Tensor) => {
    const double = kernel.add(kernel)
    const [last, ys] = scan(
      ({ h, n }, x) => {
        const next = tanh(h.matmul(kernel).add(x.matmul(double)).add(kernel.sum()))
        return [{ h: next, n: n.add(1) }, next.mul(x).mul(n.cast('float64'))]
      },
      { h: start, n: zeros([], 'int32') },
      xs,
      how,
    )
    return last.h.mul(start).sum().add(ys.mul(ys).sum()).add(kernel.mul(kernel).sum())
  }
  const gradients = (how: ScanOptions, time: number) => {
    const all = (args: Tensor[]) => loss(how)(args[0]!, args[1]!, args[2]!)
    return grad(all)([wave([2, 2]), wave([1, 2], 1), wave([time, 1, 2], 2)])
  }

  test.each([0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 26])(
    'changes no bit of the gradients over %i steps',
    (time) => {
      for (const reverse of [false, true]) {
        const expected = bytes(gradients({ reverse, checkpoint: 'none' }, time))
        expect(bytes(gradients({ reverse, checkpoint: 'all' }, time))).toEqual(expected)
        expect(bytes(gradients({ reverse, checkpoint: 'sqrt' }, time))).toEqual(expected)
      }
    },
  )

  test('changes no bit of the value, the outputs or the tangents', () => {
    const run = (checkpoint: 'none' | 'all' | 'sqrt') => {
      const f = (xs: Tensor) =>
        scan(step(wave([3, 3], 1)), zeros([2, 3], 'float64'), xs, { axis: 1, checkpoint })
      const { value, tangent } = jvp(f, [wave([2, 7, 3])], [wave([2, 7, 3], 2)])
      return bytes([...value, ...tangent])
    }
    expect(run('all')).toEqual(run('none'))
    expect(run('sqrt')).toEqual(run('none'))
  })

  test('of loops within loops changes no bit', () => {
    const f = (outer: 'none' | 'all' | 'sqrt', inner: 'none' | 'all' | 'sqrt') => (w: Tensor) => {
      const body = (h: Tensor, xs: Tensor): [Tensor, Tensor] =>
        scan(step(w), h, xs, { reverse: true, checkpoint: inner })
      const [last, ys] = scan(body, wave([1, 2], 1), wave([5, 3, 1, 2], 2), { checkpoint: outer })
      return last.sum().add(ys.mul(ys).sum())
    }
    const expected = bytes([grad(f('none', 'none'))(wave([2, 2]))])
    for (const outer of ['none', 'all', 'sqrt'] as const) {
      for (const inner of ['none', 'all', 'sqrt'] as const) {
        expect(bytes([grad(f(outer, inner))(wave([2, 2]))])).toEqual(expected)
      }
    }
  })

  test('changes no bit of the gradients of random programs', () => {
    const draw = (checkpoint: 'none' | 'all' | 'sqrt') =>
      fc.sample(programs({ checkpoint }), { seed: 2, numRuns: 100 }).map(({ f, args }) => {
        const { value, pullback } = vjp((...args: Tensor[]) => f(...args), ...args)
        return bytes([...value, ...pullback(value)])
      })
    const expected = draw('none')
    expect(draw('all')).toEqual(expected)
    expect(draw('sqrt')).toEqual(expected)
  }, 60_000)

  test('has second derivatives', () => {
    checkGradients(loss({ checkpoint: 'sqrt' }), [wave([2, 2]), wave([1, 2], 1), wave([5, 1, 2], 2)])
  })

  test('all keeps nothing: no stack leaves the forward loop', () => {
    const stacks = (checkpoint: 'none' | 'all') => {
      const graph = trace(valueAndGrad(loss({ checkpoint })), wave([2, 2]), wave([1, 2]), wave([6, 1, 2]))
      const forward = graph.outputs.flatMap(({ node }) => (node ? [node] : []))
      const seen = new Set(forward)
      for (const node of seen) for (const { node: next } of node.inputs) if (next) seen.add(next)
      const loops = [...seen].filter(({ op }) => op.name === 'scan')
      return Math.min(...loops.map(({ outputs }) => outputs.length))
    }
    // carry, counter and output; a kept loop has saved values besides
    expect(stacks('all')).toBe(3)
    expect(stacks('none')).toBeGreaterThan(3)
  })
})

test('random programs under vmap are the loop over examples', () => {
  const holds = fc.property(programs({ steps: 8 }), ({ f, args }) => {
    const other = args.map((x) => (x.dtype === 'float64' ? x.mul(0.5) : x))
    const both = args.map((x, i) => stack([x, other[i]!]))
    const many = vmap((...values: Tensor[]) => f(...values))(...both)
    for (const [k, single] of [args, other].entries()) {
      const part = many.map((y) => sliceAxis(y, 0, k, k + 1).reshape(y.shape.slice(1)))
      checkClose(`example ${k}`, part, f(...single), 1e-11)
    }
  })
  fc.assert(holds, { seed: 1, numRuns: 60 })
}, 60_000)
