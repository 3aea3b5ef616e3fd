import { compile, explain, grad, scan, sigmoid, tanh, zeros, type Tensor } from '@tapeloop/core'
import { expect, test } from 'vitest'
import { wasm } from './backend.js'

const [T, B, H] = [6, 4, 8]
const loss = (w: Tensor, xs: Tensor) =>
  scan((h: Tensor, x: Tensor) => [tanh(sigmoid(h).add(x).matmul(w)), {}], zeros([B, H]), xs)[0].sum()

test('the kernels of a program are counted in every round of its loops, fused ops by name', async () => {
  const backend = await wasm()
  const step = compile(grad(loss), { backend, name: 'step' })
  step(zeros([H, H]), zeros([T, B, H]))
  const [program] = explain(step).programs
  const { kernels, passes, work, arenaBytes } = program!
  expect(program!.backend).toBe(backend.name)
  // forwards and backwards in each step, and the sum over time for the weights
  const products = kernels.filter(({ name }) => name.startsWith('product'))
  expect(products.reduce((sum, { calls }) => sum + calls, 0)).toBe(2 * T + 1)
  const cell = kernels.find(({ fused }) => fused.includes('tanh'))!
  expect(cell).toMatchObject({ calls: T })
  expect(passes.map(({ pass }) => pass)).toContain('distribute')
  expect(work.loops.map(({ products }) => products.length)).toEqual([1, 1])
  // [T, B, H] in float32 at least once: the states that the backward pass reads
  expect(work.savedBytes).toBeGreaterThanOrEqual(4 * T * B * H)
  expect(arenaBytes).toBeGreaterThanOrEqual(work.savedBytes)
})

test('kernels are listed once each, those called most first', async () => {
  const f = compile((x: Tensor) => [x.mul(2), x.add(1).mul(3)], { backend: await wasm() })
  f(zeros([5]))
  const [{ kernels } = { kernels: [] }] = explain(f).programs
  const texts = kernels.map(({ name, fused }) => [name, ...fused].join())
  expect(new Set(texts).size).toBe(texts.length)
  expect(kernels.map(({ calls }) => calls)).toEqual(
    kernels.map(({ calls }) => calls).toSorted((a, b) => b - a),
  )
  expect(kernels.flatMap(({ fused }) => fused)).toEqual(expect.arrayContaining(['mul', 'add']))
})
