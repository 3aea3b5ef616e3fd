import { compile, orderOf, trace, verify, type Graph, type Tensor } from '@tapeloop/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkClose } from '../closeness.js'
import { checkGradients } from '../gradient-check.js'
import { programs } from './index.js'

test('every program traces to a closed graph, and compiled gives the same bits', () => {
  const holds = fc.property(programs(), ({ f, args }) => {
    verify(trace(f, ...args))
    checkClose('compiled', compile(f)(...args), f(...args))
  })
  fc.assert(holds, { seed: 1, numRuns: 150 })
}, 60_000)

test('smooth programs have the derivatives that differences have', () => {
  const holds = fc.property(programs({ smooth: true }), ({ f, args }) => {
    checkGradients(f, [...args], { order: 1 })
  })
  fc.assert(holds, { seed: 2, numRuns: 100 })
}, 60_000)

test('smooth programs have the second derivatives that differences have', () => {
  const holds = fc.property(programs({ smooth: true, steps: 8 }), ({ f, args }) => {
    checkGradients(f, [...args])
  })
  fc.assert(holds, { seed: 3, numRuns: 40 })
}, 60_000)

test('among them are what compilers get wrong: loops of every kind', () => {
  const seen = new Map<string, number>()
  const see = (what: string, is = true) => is && seen.set(what, (seen.get(what) ?? 0) + 1)
  const look = (graph: Graph, depth: number) => {
    for (const { op, attrs } of orderOf(graph.outputs)) {
      see(op.name)
      if (!('body' in attrs)) continue
      const { body, carries, sequences, reverse } = attrs as Body
      see('nested', depth > 0)
      see('reversed', reverse)
      see('nested in three', depth > 1)
      see('captured', body.inputs.length > carries + sequences)
      body.inputs.slice(0, carries).forEach((carry, i) => {
        const next = body.outputs[i]!
        const reads = (from: Tensor) => orderOf([from]).some(({ inputs }) => inputs.includes(carry))
        see('delay', next !== carry && !reads(next))
        see('accumulator', next.node?.op.name === 'add' && next.node.inputs.includes(carry))
        see('mask', next.node?.op.name === 'select' && next.node.inputs.includes(carry))
        see('swap', next !== carry && body.inputs.slice(0, carries).includes(next))
      })
      look(body, depth + 1)
    }
  }
  for (const { f, args } of fc.sample(programs(), { seed: 4, numRuns: 300 })) look(trace(f, ...args), 0)
  for (const what of ['nested', 'reversed', 'captured', 'delay', 'accumulator', 'mask', 'take', 'concat']) {
    expect(seen.get(what) ?? 0, what).toBeGreaterThan(10)
  }
  for (const what of [
    'swap',
    'nested in three',
    'pick',
    'scatterAdd',
    'randomBits',
    'pad',
    'flip',
    'cumsum',
  ]) {
    expect(seen.get(what) ?? 0, what).toBeGreaterThan(1)
  }
}, 60_000)

interface Body {
  readonly body: Graph
  readonly carries: number
  readonly sequences: number
  readonly reverse: boolean
}

test('a counterexample shrinks to few steps and prints as its graph', () => {
  const hasProductInLoop = (graph: Graph): boolean =>
    orderOf(graph.outputs).some(
      ({ attrs }) =>
        'body' in attrs && orderOf((attrs as Body).body.outputs).some(({ op }) => op.name === 'matmul'),
    )
  const property = fc.property(programs(), ({ f, args }) => !hasProductInLoop(trace(f, ...args)))
  const { counterexample } = fc.check(property, { seed: 5, numRuns: 500 })
  const text = fc.stringify(counterexample![0])
  expect(text).toMatch(/^\(%0: float64 .*scan .*matmul /s)
  expect(text.split('\n').length).toBeLessThan(40)
}, 60_000)
