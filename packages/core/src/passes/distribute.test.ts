import { describe, expect, test } from 'vitest'
import {
  foldIn,
  grad,
  iota,
  scan,
  sigmoid,
  tanh,
  trace,
  uniform,
  verify,
  zeros,
  type Tensor,
  type Tree,
} from '../index.js'
import { distribute } from './distribute.js'
import { simplify } from './simplify.js'
import { showProduct, showProducts, survey } from './survey.js'

const [T, B, D, H] = [7, 2, 3, 5]

/** Products outside, and those of each loop. */
function shapes(f: (...args: Tensor[]) => Tree, ...args: readonly number[][]) {
  const graph = simplify(distribute(simplify(trace(f, ...args.map((shape) => zeros(shape))))))
  verify(graph)
  const { products, loops } = survey(graph)
  return { outside: products.map(showProduct), loops: loops.map(showProducts) }
}

const rnn = (w: Tensor, r: Tensor) => (h: Tensor, x: Tensor) => {
  const next = tanh(x.matmul(w).add(h.matmul(r)))
  return [next, next] as const
}

describe('distribute', () => {
  test('computes what no cycle holds for all steps at once', () => {
    const f = (w: Tensor, r: Tensor, x: Tensor) => scan(rnn(w, r), zeros([B, H]), x)[1]
    expect(shapes(f, [D, H], [H, H], [T, B, D])).toEqual({
      outside: [`${T * B}×${D}×${H}`],
      loops: [`${B}×${H}×${H}`],
    })
  })

  test('makes a sum of products over time one product', () => {
    const f = (w: Tensor, r: Tensor, x: Tensor) => scan(rnn(w, r), zeros([B, H]), x)[1].sum()
    const both = (w: Tensor, r: Tensor, x: Tensor) =>
      grad(([w, r]: readonly Tensor[]) => f(w!, r!, x))([w, r])
    const { outside, loops } = shapes(both, [D, H], [H, H], [T, B, D])
    expect(outside).toEqual([`${T * B}×${D}×${H}`, `${D}×${T * B}×${H}`, `${H}×${T * B}×${H}`])
    expect(loops).toEqual([`${B}×${H}×${H}`, `${B}×${H}×${H}`])
  })

  test('gives layers written in one step a loop each', () => {
    const f = (w: Tensor, r: Tensor, w2: Tensor, r2: Tensor, x: Tensor) =>
      scan(
        ([a, b]: readonly Tensor[], x: Tensor) => {
          const first = tanh(x.matmul(w).add(a!.matmul(r)))
          const second = tanh(first.matmul(w2).add(b!.matmul(r2)))
          return [[first, second], second]
        },
        [zeros([B, H]), zeros([B, H])] as readonly Tensor[],
        x,
      )[1]
    expect(shapes(f, [D, H], [H, H], [H, H], [H, H], [T, B, D])).toEqual({
      outside: [`${T * B}×${D}×${H}`, `${T * B}×${H}×${H}`],
      loops: [`${B}×${H}×${H}`, `${B}×${H}×${H}`],
    })
  })

  test('keeps one loop where the upper layer feeds the lower, or where no product lies between', () => {
    const feedback = (r: Tensor, w: Tensor) =>
      scan(
        ([a, b]: readonly Tensor[]) => {
          const first = tanh(a!.matmul(r).add(b!))
          const second = tanh(first.matmul(w).add(b!))
          return [[first, second], second]
        },
        [zeros([B, H]), zeros([B, H])] as readonly Tensor[],
        {},
        { length: T },
      )[1]
    expect(shapes(feedback, [H, H], [H, H]).loops).toEqual([`${B}×${H}×${H} ${B}×${H}×${H}`])
    const light = (r: Tensor, x: Tensor) =>
      scan(
        ([a, b]: readonly Tensor[], x: Tensor) => {
          const first = tanh(a!.matmul(r).add(x))
          return [[first, sigmoid(first).mul(b!)], b!]
        },
        [zeros([B, H]), zeros([B, H])] as readonly Tensor[],
        x,
      )[1]
    expect(shapes(light, [H, H], [T, B, H]).loops).toEqual([`${B}×${H}×${H}`])
  })

  test('needs no loop where nothing recurs: delays are shifts, sums are reductions', () => {
    const f = (w: Tensor, x: Tensor) => {
      const [last, ys] = scan(
        ([before, total]: readonly Tensor[], x: Tensor) => [
          [x, total!.add(x.matmul(w))],
          before!.add(x).matmul(w),
        ],
        [zeros([B, D]), zeros([B, H])] as readonly Tensor[],
        x,
        { reverse: true },
      )
      return [last[0]!, last[1]!, ys]
    }
    expect(shapes(f, [D, H], [T, B, D]).loops).toEqual([])
  })

  test('takes weight gradients out of every loop they are in', () => {
    const f = (w: Tensor, r: Tensor, xs: Tensor) =>
      scan((h: Tensor, x: Tensor) => [scan(rnn(w, r), h, x)[0], {}], zeros([B, H]), xs)[0].sum()
    const both = (w: Tensor, r: Tensor, x: Tensor) =>
      grad(([w, r]: readonly Tensor[]) => f(w!, r!, x))([w, r])
    const { outside, loops } = shapes(both, [D, H], [H, H], [4, T, B, D])
    expect(loops).toEqual([`(${B}×${H}×${H})`, `(${B}×${H}×${H})`])
    expect(outside).toContain(`${H}×${4 * T * B}×${H}`)
  })

  test('leaves a checkpointed loop together, so that little is stored', () => {
    const f = (w: Tensor, r: Tensor, x: Tensor) =>
      scan(rnn(w, r), zeros([B, H]), x, { checkpoint: 'sqrt' })[1].sum()
    const steps = Math.floor(Math.sqrt(16))
    const { loops } = shapes(grad(f), [D, H], [H, H], [16, B, D])
    // each block of the outer loops has its own batched product of the inputs
    expect(loops.every((loop) => loop.includes(`${steps * B}×`))).toBe(true)
  })

  test('hands loops the small values that light ops spread', () => {
    const f = (r: Tensor, mask: Tensor, key: Tensor) => {
      const step = (h: Tensor, [m, n]: readonly Tensor[]) => {
        const drawn = uniform(foldIn(key, n!), [B, H])
        return [tanh(h.matmul(r).mul(m!).mul(drawn)), {}] as const
      }
      return scan(step, zeros([B, H]), [mask.broadcastTo([T, B, H]), iota(T)] as readonly Tensor[])[0]
    }
    const graph = simplify(
      distribute(simplify(trace(f, zeros([H, H]), zeros([T, B, 1]), zeros([2], 'int32')))),
    )
    const sequences = graph.outputs[0]!.node!.inputs.filter(({ shape }) => shape[0] === T)
    expect(sequences.map(({ shape }) => shape)).toEqual([[T, B, 1], [T]])
  })
})
