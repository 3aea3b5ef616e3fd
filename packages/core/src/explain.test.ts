import { describe, expect, test } from 'vitest'
import {
  compile,
  explain,
  grad,
  optimise,
  reference,
  scan,
  tanh,
  zeros,
  type Backend,
  type Tensor,
} from './index.js'
import type { PassReport } from './explain.js'
import type { Graph } from './graph.js'

const [T, B, H] = [5, 2, 3]
const w = zeros([H, H])
const x = zeros([T, B, H])
const loss = (w: Tensor, xs: Tensor) =>
  scan((h: Tensor, x: Tensor) => [tanh(h.add(x).matmul(w)), {}], zeros([B, H]), xs)[0].sum()

/** The reference backend, but the programs are optimised. */
const optimising: Backend = {
  name: 'optimising',
  compile(graph, donated) {
    const passes: PassReport<Graph>[] = []
    const listen = (pass: PassReport<Graph>['pass'], before: Graph, after: Graph) =>
      void (before !== after && passes.push({ pass, before, after }))
    const { run } = reference.compile(optimise(graph, { listen }), donated)
    const kernels = [{ name: 'map', fused: ['add', 'tanh'], calls: 7 }]
    return { run, explain: () => ({ passes, kernels, arenaBytes: 1536 }) }
  },
}

describe('explain', () => {
  test('counts traces and compilations, and keeps one report a program', () => {
    const f = compile((x: Tensor) => x.mul(2), { name: 'twice' })
    expect(explain(f)).toMatchObject({ name: 'twice', traces: 0, compilations: 0, programs: [] })
    for (const size of [1, 2, 1]) f(zeros([size]))
    const { traces, compilations, programs } = explain(f)
    expect([traces, compilations]).toEqual([2, 2])
    expect(programs.map(({ work }) => work.flops)).toEqual([2, 1]) // the one used last at the end
  })

  test('a trace that uses the placeholders of another is not compiled', () => {
    let counts: number[] = []
    grad((w: Tensor) => {
      const f = compile((x: Tensor) => x.mul(w))
      const y = f(zeros([]))
      counts = [explain(f).traces, explain(f).compilations]
      return y
    })(zeros([]))
    expect(counts).toEqual([1, 0])
  })

  test('reads products, stacks and operations off the program of a backend that runs it as it is', () => {
    const step = compile(grad(loss))
    step(w, x)
    const [program] = explain(step).programs
    expect(program).toMatchObject({ backend: 'reference', passes: [], kernels: [], arenaBytes: null })
    const { products, loops, savedBytes } = program!.work
    expect(products).toEqual([])
    expect(loops.map(({ length, reverse }) => [length, reverse])).toEqual([
      [T, false],
      [T, true],
    ])
    expect(loops[0]!.products).toEqual([{ m: B, k: H, n: H, count: 1 }])
    expect(loops[1]!.products).toHaveLength(2) // by the weights, and for them
    expect(savedBytes).toBe(loops[0]!.stackedBytes)
    expect(savedBytes).toBeGreaterThan(0)
  })

  test('nothing is saved where no loop goes back', () => {
    const forward = compile(loss)
    forward(w, x)
    expect(explain(forward).programs[0]!.work.savedBytes).toBe(0)
  })

  test('tells what every pass of the backend changed', () => {
    const step = compile(grad(loss), { backend: optimising, name: 'step' })
    step(w, x)
    const [program] = explain(step).programs
    const { passes, work } = program!
    expect(passes.map(({ pass }) => pass)).toContain('distribute')
    const { before, after } = passes.find(({ pass }) => pass === 'distribute')!
    expect(before.loops[1]!.products).toHaveLength(2)
    expect(after.loops[1]!.products).toHaveLength(1) // the sum over time for the weights is one product outside
    expect(work).toEqual(passes.at(-1)!.after)
    expect(program!.arenaBytes).toBe(1536)
  })

  test('is a text', () => {
    const f = compile(loss, { backend: optimising, name: 'loss' })
    f(w, x)
    const lines = String(explain(f)).split('\n')
    expect(lines[0]).toBe('loss: traced once, compiled once')
    expect(lines[1]).toMatch(
      /^on optimising: \d+ FLOP, 0 B saved for backward passes, 1.54 kB of temporaries$/,
    )
    expect(lines).toContain('    in each of 5 steps: 2×3×3, 2 other ops')
    expect(lines.at(-1)).toBe('    7 map (add tanh)')
  })
})
