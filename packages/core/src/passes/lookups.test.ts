import { describe, expect, test } from 'vitest'
import {
  grad,
  orderOf,
  reference,
  scan,
  take,
  tanh,
  tensor,
  trace,
  verify,
  zeros,
  type Graph,
  type Tensor,
} from '../index.js'
import { optimise } from './optimise.js'
import { lookups } from './lookups.js'
import { simplify } from './simplify.js'

const [T, B, V, H] = [9, 4, 5, 3]

const args = [
  tensor(
    Float64Array.from({ length: V * H }, (_, i) => Math.sin(i)),
    { shape: [V, H] },
  ),
  tensor(
    Float64Array.from({ length: H * H }, (_, i) => Math.cos(i)),
    { shape: [H, H] },
  ),
  tensor(
    Int32Array.from({ length: T * B }, (_, i) => (i * 7) % V),
    { shape: [T, B] },
  ),
] as const

/** Vectors of a table go through a loop in blocks; the gradient is of both. */
const gradients = (checkpoint: 'none' | 'sqrt') => (table: Tensor, r: Tensor, ids: Tensor) =>
  grad(([table, r]: readonly Tensor[]) => {
    const step = (h: Tensor, x: Tensor) => {
      const next = tanh(x.add(h.matmul(r!)))
      return [next, next] as const
    }
    return scan(step, zeros([B, H], 'float64'), take(table!, ids), { checkpoint })[1].sum()
  })([table, r])

const largest = (graph: Graph) =>
  Math.max(
    ...orderOf(graph.outputs).flatMap(({ op, outputs }) =>
      op.cost === 'free' ? [] : outputs.map(({ size }) => size),
    ),
  )

const run = (graph: Graph) =>
  reference.compile(graph, []).run(args.map((arg) => arg.dataSync())) as readonly Float64Array[]

describe('lookups', () => {
  const before = simplify(trace(gradients('sqrt'), ...args))
  const after = simplify(lookups(before))

  test('change no result', () => {
    verify(after)
    run(after).forEach((values, i) => {
      values.forEach((value, j) => expect(value).toBeCloseTo(run(before)[i]![j]!, 12))
    })
  })

  test('and no vector for each step is left outside of a loop over blocks', () => {
    expect(largest(before)).toBe(T * B * H)
    expect(largest(optimise(before))).toBeLessThan(T * B * H)
  })

  test('stay where a loop keeps what it computes', () => {
    const plain = simplify(trace(gradients('none'), ...args))
    expect(lookups(plain)).toBe(plain)
  })
})
