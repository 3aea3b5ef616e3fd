import { describe, expect, test } from 'vitest'
import { grad, scan, trace, verify, orderOf, type Graph, type Tensor, type Tree } from '../index.js'
import * as ops from '../ops/functions.js'
import { isScan } from './build.js'
import { simplify } from './simplify.js'

const { broadcastTo, concat, full, matmul, permute, reshape, sliceAxis, tanh, zeros } = ops

/** The names of the ops that are left, those in the bodies of loops in brackets after them. */
function left(graph: Graph): string[] {
  verify(graph)
  return orderOf(graph.outputs).map((node) =>
    isScan(node) ? `scan(${left(node.attrs.body).join(' ')})` : node.op.name,
  )
}

function simplified(f: (...args: Tensor[]) => Tree, ...shapes: number[][]): string[] {
  return left(simplify(trace(f, ...shapes.map((shape) => zeros(shape)))))
}

describe('simplify', () => {
  test('drops what adds and multiplies by nothing, but keeps x·0', () => {
    expect(simplified((x) => x.mul(1).add(0).sub(0).div(1).neg().neg().pow(1), [3])).toEqual([])
    expect(simplified((x) => x.mul(0), [3])).toEqual(['full', 'mul'])
    expect(simplified((x, y) => x.add(y.neg()), [3], [3])).toEqual(['sub'])
    expect(simplified((x) => x.div(4), [3])).toEqual(['full', 'mul'])
    expect(simplified((x) => x.div(3), [3])).toEqual(['full', 'div'])
  })

  test('folds literals in their own precision', () => {
    const value = full(0.1, [2]).add(0.2).mul(3)
    const literal = simplify({ inputs: [], outputs: [value] }).outputs[0]!.node!
    const round = Math.fround
    expect((literal.attrs as { value: number }).value).toBe(round(round(round(0.1) + round(0.2)) * 3))
  })

  test('joins equal values, also where operands change places', () => {
    expect(simplified((x, y) => x.add(y).mul(y.add(x)), [3], [3])).toEqual(['add', 'mul'])
  })

  test('collapses chains of movement', () => {
    expect(simplified((x) => permute(permute(x, [1, 2, 0]), [2, 0, 1]), [2, 3, 4])).toEqual([])
    expect(simplified((x) => permute(x, [1, 0, 2]), [1, 3, 4])).toEqual(['reshape'])
    expect(simplified((x) => reshape(reshape(x, [3, 4]), [2, 6]), [12])).toEqual(['reshape'])
    expect(simplified((x, y) => sliceAxis(concat([x, y]), 0, 2, 5), [2], [3])).toEqual([])
    expect(simplified((x) => concat([sliceAxis(x, 0, 0, 2), sliceAxis(x, 0, 2, 5)]), [5])).toEqual([])
    expect(simplified((x, w) => matmul(permute(x, [1, 0]), permute(w, [1, 0])), [3, 2], [4, 3])).toEqual([
      'matmul',
    ])
  })

  test('computes what is repeated once', () => {
    expect(simplified((x) => tanh(x.broadcastTo([5, 3])), [3])).toEqual(['tanh', 'reshape', 'broadcast'])
  })

  test('puts the gradients of slices side by side', () => {
    const f = (x: Tensor) => {
      const [a, b, c] = [0, 1, 2].map((i) => sliceAxis(x, 0, 2 * i, 2 * i + 2))
      return a!.mul(b!).mul(c!).sum()
    }
    expect(simplified(grad(f), [6])).not.toContain('pad')
    expect(simplified(grad(f), [6])).toContain('concat')
  })
})

describe('simplify of loops', () => {
  const loop = (
    step: (carry: Record<string, Tensor>, x: Tensor) => [Record<string, Tensor>, Record<string, Tensor>],
    pick: (last: Record<string, Tensor>, ys: Record<string, Tensor>) => Tree,
    ...shapes: number[][]
  ) =>
    simplified(
      (x, ...more) => {
        const names = more.map((_, i) => `c${i}`)
        const [last, ys] = scan(step, Object.fromEntries(more.map((value, i) => [names[i]!, value])), x)
        return pick(last, ys)
      },
      ...shapes,
    )

  test('drops outputs, carries and sequences that nobody reads', () => {
    const step = ({ c0, c1 }: Record<string, Tensor>, x: Tensor) =>
      [{ c0: tanh(c0!.add(x)), c1: c1!.mul(c0!) }, { y: c0!.mul(x) }] as [
        Record<string, Tensor>,
        Record<string, Tensor>,
      ]
    expect(loop(step, ({ c0 }) => c0!, [5, 3], [3], [3])).toEqual(['scan(add tanh)'])
  })

  test('takes what does not change out of the loop, and what is known outside', () => {
    const step = ({ c0, c1 }: Record<string, Tensor>, x: Tensor) =>
      [
        { c0: tanh(c0!.add(tanh(c1!))), c1: c1! },
        { x, c1: c1!, y: c0! },
      ] as [Record<string, Tensor>, Record<string, Tensor>]
    expect(loop(step, (last, { x, c1, y }) => [last['c0']!, x!, c1!, y!], [5, 3], [3], [3])).toEqual([
      'tanh',
      'scan(add tanh)',
      'reshape',
      'broadcast',
    ])
  })

  test('keeps literals and repetition inside, so that they are not stored', () => {
    const inside = simplified(
      (x, b) =>
        scan((c: Tensor, [x, z]: readonly Tensor[]) => [tanh(c.add(x!).mul(z!)), c.add(b)], zeros([2, 3]), [
          x,
          full(2, [5, 2, 3]),
        ])[1],
      [5, 2, 3],
      [3],
    )
    expect(inside.at(-1)).toMatch(/^scan\(.*full.*\)$/)
    expect(inside.at(-1)).toMatch(/broadcast/)
  })

  test('replaces a loop of one step by its body, one of none by its start', () => {
    const run = (c: Tensor, x: Tensor) => scan((c: Tensor, x: Tensor) => [tanh(c.add(x)), c], c, x)
    expect(simplified((c, x) => run(c, x), [3], [1, 3])).toEqual(['reshape', 'add', 'tanh', 'reshape'])
    expect(simplified((c, x) => run(c, x), [3], [0, 3])).toEqual(['full'])
  })

  test('keeps a repeated forward pass apart from the first', () => {
    const step = (w: Tensor) => (c: Tensor, x: Tensor) => [tanh(c.matmul(w).add(x)), c] as const
    const f = (w: Tensor, x: Tensor) => scan(step(w), zeros([2, 3]), tanh(x), { checkpoint: 'all' })[0].sum()
    const both = simplify(
      trace((w: Tensor, x: Tensor) => [f(w, x), grad(f)(w, x)], zeros([3, 3]), zeros([5, 2, 3])),
    )
    const names = left(both)
    expect(names.filter((name) => name.startsWith('scan'))).toHaveLength(3)
    // the sequence that the repeated loop reads is computed again too
    expect(names.filter((name) => name === 'tanh')).toHaveLength(2)
  })

  test('comes to an end where a carry becomes a part of itself, and all of it is stacked', () => {
    const step = (c: Tensor, x: Tensor) => {
      const next = broadcastTo(sliceAxis(c, 0, 0, 1), [3])
      return [next, [next, c, x]] as const
    }
    const names = simplified((c, xs) => scan(step, c, xs), [3], [4, 2])
    expect(names.filter((name) => name.startsWith('scan'))).toHaveLength(1)
  })
})
