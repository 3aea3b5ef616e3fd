import {
  compile,
  concat,
  isFloat,
  jvp,
  reshape,
  sliceAxis,
  vjp,
  vmap,
  type Tensor,
  type Tree,
} from '@tapeloop/core'
import fc from 'fast-check'
import { test } from 'vitest'
import { checkClose } from '../closeness.js'
import { checkGradients } from '../gradient-check.js'
import { programs, type Program } from './index.js'

// No seed: every run draws other programs, and a failure prints its own.
const runs = { numRuns: 2000 }

/** Value and gradients in one function. */
const withGradients =
  (f: Program['f']) =>
  (...args: Tensor[]): readonly Tensor[] => {
    const { value, pullback } = vjp((...values: Tensor[]) => f(...values), ...args)
    return [...value, ...pullback(value.map((y) => y.mul(0.5)))]
  }

test('smooth programs have the second derivatives that differences have', () => {
  fc.assert(
    fc.property(programs({ smooth: true }), ({ f, args }) => checkGradients(f, [...args])),
    runs,
  )
})

test('gradients under vmap, over any of the arguments, are those of the loop over examples', () => {
  const holds = fc.property(programs({ smooth: true }), fc.nat(126), ({ f, args }, bits) => {
    const mapped = args.map((_, i) => ((bits + 1) >> i) % 2 === 1)
    const examples = [1, 0.7].map((scale) =>
      args.map((x, i) => (mapped[i] && isFloat(x.dtype) ? x.mul(scale) : x)),
    )
    const stacked = args.map((x, i) =>
      mapped[i] ? concat(examples.map((example) => reshape(example[i]!, [1, ...x.shape]))) : x,
    )
    const g = withGradients(f)
    const many = vmap((...values: Tensor[]) => g(...values), { in: mapped.map((is) => (is ? 0 : null)) })
    const results = many(...stacked)
    examples.forEach((example, k) => {
      const slices = results.map((y) => reshape(sliceAxis(y, 0, k, k + 1), y.shape.slice(1)))
      checkClose(`example ${k}`, slices, g(...example), 1e-10)
    })
  })
  fc.assert(holds, runs)
})

test('compiled gradients and tangents have the bits of those done op by op', () => {
  const holds = fc.property(programs(), ({ f, args }) => {
    const both = (g: (...args: Tensor[]) => readonly Tensor[]) =>
      checkClose(
        'compiled',
        compile(g as (...args: Tensor[]) => Tree & readonly Tensor[])(...args),
        g(...args),
      )
    both(withGradients(f))
    both((...values) => jvp((...values: Tensor[]) => f(...values), values, values).tangent)
  })
  fc.assert(holds, runs)
})
