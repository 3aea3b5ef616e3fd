import { optimise, scan, sum, tanh, tensor, trace, valueAndGrad, type Tensor } from '@tapeloop/core'
import { describe, expect, test } from 'vitest'
import { lower } from './lower.js'
import type { Instruction, Loop } from './plan.js'
import type { Threads } from './scope.js'

const zeros = (...shape: number[]) =>
  tensor(new Float32Array(shape.reduce((n, extent) => n * extent, 1)), { shape })

function lowered(
  f: (...args: Tensor[]) => readonly Tensor[],
  args: readonly Tensor[],
  threads: Partial<Threads> = {},
) {
  const graph = optimise(trace(f as (...args: readonly Tensor[]) => Tensor[], ...args))
  const how = { count: 2, leastWork: 20_000, leastGain: 0, rowGrain: 4, ...threads }
  return lower(graph, [], 'simd', how).instructions
}

/** The gradient of an Elman network's outputs. */
function elman(time: number, batch: number, hidden: number, threads?: Partial<Threads>) {
  const f = (w: Tensor, r: Tensor, x: Tensor) => {
    const loss = ([w, r]: readonly Tensor[]) => {
      const step = (h: Tensor, x: Tensor) => {
        const next = tanh(x.matmul(w!).add(h.matmul(r!)))
        return [next, next] as const
      }
      return sum(scan(step, zeros(batch, hidden), x)[1])
    }
    const [value, [dw, dr]] = valueAndGrad(loss)([w, r] as readonly Tensor[])
    return [value, dw!, dr!]
  }
  const args = [zeros(hidden, hidden), zeros(hidden, hidden), zeros(time, batch, hidden)]
  return lowered(f, args, threads)
}

const partsOf = (list: readonly Instruction[]) =>
  list.flatMap((one) => (one.kind === 'together' ? [one.parts] : []))
/** Loops over time; copies may loop, too. */
const loopsIn = (list: readonly Instruction[], count: number): Loop[] =>
  list.filter((one): one is Loop => one.kind === 'loop' && one.count === count && !one.independent)

describe('the loops of a recurrent network', () => {
  test.each([16, 64])('run on each thread from the first of %i steps to the last', (time) => {
    const list = elman(time, 32, 128)
    expect(loopsIn(list, time)).toEqual([])
    const shared = partsOf(list).map((parts) => parts.map((part) => loopsIn(part, time)))
    const found = shared.filter(([first]) => first!.length > 0)
    // forward and backward
    expect(found).toHaveLength(2)
    for (const loops of found) {
      expect(loops.map(({ length }) => length)).toEqual([1, 1])
      for (const [loop] of loops) expect(partsOf(loop!.body)).toEqual([])
    }
  })

  test('stay whole where a batch is too small, or there is too little to do', () => {
    expect(loopsIn(elman(16, 7, 128), 16)).toHaveLength(2)
    expect(partsOf(elman(16, 8, 4))).toEqual([])
  })

  test('are waited for as seldom in long sequences as in short ones', () => {
    expect(partsOf(elman(256, 32, 64)).length).toBeLessThanOrEqual(partsOf(elman(64, 32, 64)).length + 2)
    expect(partsOf(elman(64, 32, 64)).length).toBeLessThan(15)
  })
})

describe('calls', () => {
  test('that do not meet run at the same time, those that need one another do not', () => {
    const both = (x: Tensor, y: Tensor) => [tanh(x), tanh(y)]
    const kinds = (list: readonly Instruction[]) =>
      list.map((one) =>
        one.kind === 'together' ? one.parts.map(({ length }) => length).join('|') : one.kind,
      )
    expect(kinds(lowered(both, [zeros(200, 200), zeros(300, 100)]))).toEqual(['2|2'])
    const chain = (x: Tensor) => [tanh(x.matmul(x))]
    expect(kinds(lowered(chain, [zeros(200, 200)])).slice(-2)).toEqual(['1|1', '1|1'])
  })

  test('are not shared in a program that would gain too little', () => {
    const f = (x: Tensor) => [x.matmul(x)]
    expect(partsOf(lowered(f, [zeros(100, 100)]))).not.toEqual([])
    expect(partsOf(lowered(f, [zeros(100, 100)], { leastGain: 1e6 }))).toEqual([])
  })
})
