import { readFileSync } from 'node:fs'
import { customVjp, reference, tanh, type Tensor } from '@tapeloop/core'
import { lstm, rnn, type Cell } from '@tapeloop/layers'
import { describe, expect, test } from 'vitest'
import { cardText } from './card-text.js'
import { cellCard, isSound } from './card.js'
import type { Golden } from './cells/golden.js'

const small = {
  backend: reference,
  size: { inputSize: 3, hiddenSize: 5, batchSize: 2, time: 4 },
  rounds: 1,
}
const goldenOf = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../layers/golden/${name}.json`, import.meta.url), 'utf8')) as Golden

describe('the card of a sound cell', { timeout: 60_000 }, () => {
  const card = cellCard(lstm as unknown as Cell, { ...small, golden: goldenOf('lstm') })
  const text = cardText(card)

  test('counts parameters, and the products in each step', () => {
    expect(card.parameters).toBe(4 * 5 * (3 + 5 + 1))
    expect(card.products.forward).toContain('2×5×20')
    expect(card.flops.forward).toBeGreaterThanOrEqual(2 * (3 + 5) * 20)
    expect(card.flops.training).toBeGreaterThan(2 * card.flops.forward)
    expect(card.speed).toBeGreaterThan(0)
    expect(text).toContain('    parameters       180\n')
  })

  test('has the error of the gradient by every parameter and every op', () => {
    const { byParameter, byOp } = card.gradientErrors
    expect(Object.keys(byParameter)).toEqual([
      ...['kernel', 'recurrentKernel', 'bias'].map((name) => `params.${name}`),
      'state.h',
      'state.c',
      'x',
    ])
    expect(Object.keys(byOp)).toEqual([
      'add',
      'broadcast',
      'concat',
      'matmul',
      'mul',
      'reshape',
      'sigmoid',
      'slice',
      'tanh',
    ])
    const errors = [...Object.values(byParameter), ...Object.values(byOp)]
    expect(Math.max(...errors)).toBeLessThan(1e-8)
    expect(Math.min(...errors)).toBeGreaterThan(0)
    expect(text).toMatch(/^ {4}params\.kernel +\S+e-1\d +add +\S+e-1\d$/m)
  })

  test('says what it passes', () => {
    expect(isSound(card)).toBe(true)
    expect(text).not.toContain('✗')
    for (const part of [
      'lstm: Long short-term memory\nsource: hochreiter1997, gers2000forget\n',
      '  ✓ uses every parameter and every state\n',
      '  ✓ learns to copy three symbols\n',
      '  ✓ 5 cases, from torch.nn.LSTM\n',
      'lstm passes everything.\n',
    ])
      expect(text).toContain(part)
  })
})

test('the card of a cell with faults marks each, and says why', { timeout: 60_000 }, () => {
  const wrong = customVjp(
    (z: Tensor) => tanh(z),
    ([z], y, g) => [g.mul(y.mul(y).neg().add(1)).mul(z.mul(0).add(1.001))],
  )
  const faulty = {
    ...rnn,
    cite: [],
    step: ({ kernel, recurrentKernel }, { h }, x) => ({
      h: wrong(x.matmul(kernel).add(h.matmul(recurrentKernel))),
    }),
  } as typeof rnn
  const card = cellCard(faulty as unknown as Cell, { ...small, golden: undefined })
  const text = cardText(card)
  expect(isSound(card)).toBe(false)
  const { byParameter, byOp } = card.gradientErrors
  expect(byParameter['params.kernel']).toBeGreaterThan(1e-6)
  const wrongOps = Object.entries(byOp).filter(([, error]) => error > 1e-6)
  expect(wrongOps).toEqual([['custom', expect.closeTo(1e-3, 3)]])
  expect(text).toContain('source: ✗ none; name the key of its paper in cite\n')
  expect(text).toMatch(/^ {4}params\.kernel +\S+ ✗/m)
  expect(text).toMatch(/ custom +\S+ ✗$/m)
  expect(text).toMatch(
    / {2}✗ uses every parameter and every state\n {6}rnn: element 0 of params\.bias never changes/,
  )
  expect(text).toMatch(/ {2}✗ no cases\n {6}rnn: there is no packages\/layers\/golden\/rnn\.json/)
  expect(text).toContain('rnn fails what is marked ✗.\n')
})
