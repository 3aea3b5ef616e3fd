import {
  apply,
  concat,
  exp,
  max,
  scan,
  sigmoid,
  split,
  sub,
  sum,
  tanh,
  tensor,
  trace,
  type Op,
  type Tensor,
} from '@tapeloop/core'
import { describe, expect, test } from 'vitest'
import { lower } from './lower.js'
import type { Instruction, Loop } from './plan.js'

const zeros = (...shape: number[]) =>
  tensor(new Float32Array(shape.reduce((n, extent) => n * extent, 1)), { shape })

/** What a list of instructions calls: the kind of each kernel, loops in brackets. */
function kinds(list: readonly Instruction[]): string {
  return list
    .map((instruction) => {
      if (instruction.kind === 'loop') return `${instruction.count}×(${kinds(instruction.body)})`
      if (instruction.kind === 'together') return instruction.parts.map(kinds).join(' | ')
      return instruction.kind === 'host' ? 'host' : instruction.kernel.key.split(' ')[0]
    })
    .join(' ')
}

function lowered(f: (...args: Tensor[]) => readonly Tensor[], ...args: Tensor[]) {
  return lower(trace(f as (...args: readonly Tensor[]) => Tensor[], ...args), [], 'simd')
}

/** The loops that go over time: those that stand on the first level and call a product. */
function timeLoops(instructions: readonly Instruction[]): Loop[] {
  return instructions.filter((one): one is Loop => one.kind === 'loop' && kinds(one.body).includes('product'))
}

describe('elementwise work', () => {
  test('is one kernel, whatever is broadcast, repeated, literal or reduced along rows', () => {
    const softmax = (x: Tensor, b: Tensor) => {
      const z = x.add(b).mul(2)
      const e = exp(sub(z, max(z, -1, { keepDims: true })))
      return [e.div(sum(e, -1, { keepDims: true }))]
    }
    expect(kinds(lowered(softmax, zeros(3, 5), zeros(5)).instructions)).toBe('map')
  })

  test('of what is summed over rows is not stored', () => {
    const f = (x: Tensor, y: Tensor) => [sum(x.mul(y).mul(y), [0, 1])]
    expect(kinds(lowered(f, zeros(2, 3, 4), zeros(2, 3, 4)).instructions)).toBe('fold')
  })

  test('is not fused where a path leads around', () => {
    const f = (x: Tensor, w: Tensor) => {
      const y = tanh(x)
      return [y.matmul(w).add(y)]
    }
    expect(kinds(lowered(f, zeros(4, 4), zeros(4, 4)).instructions)).toBe('map product map')
  })
})

test('the parts of a concatenation are computed in their places', () => {
  const f = (x: Tensor, w: Tensor) => [concat([tanh(x), x.matmul(w), x], 1)]
  const { instructions } = lowered(f, zeros(4, 4), zeros(4, 4))
  expect(kinds(instructions)).toBe('map product copy')
})

describe('a long short-term memory', () => {
  const [batch, size, time] = [20, 8, 5]
  const lstm = (x: Tensor, w: Tensor, r: Tensor, b: Tensor): Tensor[] => {
    const start = { h: zeros(batch, size).mul(0), c: zeros(batch, size).mul(0) }
    const [, hs] = scan(
      ({ h, c }: { h: Tensor; c: Tensor }, x: Tensor) => {
        const [i, f, g, o] = split(x.matmul(w).add(h.matmul(r)).add(b), 4)
        const cNext = sigmoid(f)
          .mul(c)
          .add(sigmoid(i).mul(tanh(g)))
        const hNext = sigmoid(o).mul(tanh(cNext))
        return [{ h: hNext, c: cNext }, hNext]
      },
      start,
      x,
    )
    return [hs]
  }
  const args = [zeros(time, batch, size), zeros(size, 4 * size), zeros(size, 4 * size), zeros(4 * size)]

  test('packs its weights before the loop, and has one elementwise kernel a step and no copy', () => {
    const [loop] = timeLoops(lowered(lstm, ...args).instructions)
    expect(kinds(loop!.body)).toBe('product product map')
  })
})

test('an op that is none of the primitives is refused by name', () => {
  const own: Op = {
    name: 'own',
    formula: 'x',
    cost: 'heavy',
    infer: ([x]) => [x!],
    kernel:
      () =>
      ([x], [y]) =>
        y!.set(x!),
    derivative: { kind: 'none' },
  }
  expect(() => lowered((x) => apply(own, [x], {}), zeros(2))).toThrow(
    'wasm: it has no kernel for own; compute that outside of compile, and pass in the result',
  )
})
