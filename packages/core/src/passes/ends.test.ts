import { describe, expect, test } from 'vitest'
import {
  grad,
  orderOf,
  reference,
  scan,
  sin,
  sliceAxis,
  tanh,
  tensor,
  trace,
  verify,
  zeros,
  type Graph,
  type Tensor,
} from '../index.js'
import { ends } from './ends.js'
import { simplify } from './simplify.js'
import { survey } from './survey.js'

const [T, B, H] = [6, 2, 3]

const rnn = (r: Tensor) => (h: Tensor, x: Tensor) => {
  const next = tanh(x.add(h.matmul(r)))
  return [next, sin(next)] as const
}

const numbers = (shape: readonly number[], seed: number) =>
  Float64Array.from({ length: shape.reduce((n, extent) => n * extent, 1) }, (_, i) =>
    Math.sin(i * 1.7 + seed),
  )

function results(graph: Graph) {
  const inputs = graph.inputs.map(({ shape }, i) => numbers(shape, i))
  return reference.compile(graph, []).run(inputs) as readonly Float64Array[]
}

/** Bytes of all stacks, before and after; the results must not change. */
function stacked(f: (...args: Tensor[]) => readonly Tensor[], ...shapes: readonly number[][]) {
  const args = shapes.map((shape) => tensor(numbers(shape, 0), { shape }))
  const before = simplify(trace(f, ...args))
  const after = simplify(ends(before))
  verify(after)
  results(after).forEach((values, i) => expect(values).toEqual(results(before)[i]))
  return [before, after].map((graph) => survey(graph).loops.map((loop) => loop.stackedBytes / 8 / B / H))
}

describe('ends', () => {
  test.for([false, true])(
    'keeps of a stack the last step alone if no other is read, reverse %o',
    (reverse) => {
      const f = (r: Tensor, xs: Tensor) => {
        const ys = scan(rnn(r), zeros([B, H], 'float64'), xs, { reverse })[1]
        return [reverse ? sliceAxis(ys, 0, 0, 1) : sliceAxis(ys, 0, T - 1, T)]
      }
      expect(stacked(f, [H, H], [T, B, H])).toEqual([[T], [0]])
    },
  )

  test('keeps a stack of which two steps are read', () => {
    const f = (r: Tensor, xs: Tensor) => {
      const ys = scan(rnn(r), zeros([B, H], 'float64'), xs)[1]
      return [sliceAxis(ys, 0, T - 2, T)]
    }
    expect(stacked(f, [H, H], [T, B, H])).toEqual([[T], [T]])
  })

  test('hands the gradient of the last step on as a carry', () => {
    const loss = (r: Tensor, xs: Tensor) => {
      const ys = scan(rnn(r), zeros([B, H], 'float64'), xs)[1]
      return sliceAxis(ys, 0, T - 1, T).sum()
    }
    const f = (r: Tensor, xs: Tensor) => [grad((r: Tensor) => loss(r, xs))(r)]
    stacked(f, [H, H], [T, B, H])
    const before = simplify(trace(f, zeros([H, H], 'float64'), zeros([T, B, H], 'float64')))
    const sequences = (graph: Graph) =>
      orderOf(graph.outputs).map(({ attrs }) => ('sequences' in attrs ? Number(attrs.sequences) : 0))
    const sum = (graph: Graph) => sequences(graph).reduce((all, count) => all + count)
    expect(sum(simplify(ends(before)))).toBe(sum(before) - 1)
  })
})
