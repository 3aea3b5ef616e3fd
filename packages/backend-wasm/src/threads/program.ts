import type { Engine } from '../engine.js'
import type { Kernel } from '../kernels/kernel.js'
import type { Step } from '../steps.js'

/** What a worker does, as its text reads it. */
type WorkerStep =
  | 0
  | readonly [kernel: number, block: number]
  | readonly [
      count: number,
      words: readonly number[],
      deltas: readonly number[],
      steps: readonly WorkerStep[],
    ]

/** Writes the parts of a plan that other threads run into the heap. */
export function writeProgram({ heap, moduleOf, team }: Engine, steps: readonly Step[]) {
  const kernels: Kernel[] = []
  const numbers = new Map<Kernel, number>()
  const numberOf = (kernel: Kernel) => {
    const known = numbers.get(kernel)
    if (known !== undefined) return known
    numbers.set(kernel, kernels.length)
    return kernels.push(kernel) - 1
  }
  const own = (steps: readonly Step[], thread: number): WorkerStep[] =>
    steps.flatMap((step): WorkerStep[] => {
      if (step.kind === 'call') return [[numberOf(step.kernel), step.block]]
      if (step.kind === 'loop') return [loopOf(step, thread, own(step.steps, thread))]
      throw new Error(`a worker cannot run a ${step.kind} step`)
    })
  const loopOf = ({ count, moves }: LoopStep, thread: number, steps: readonly WorkerStep[]): WorkerStep => [
    count,
    moves[thread]!.words,
    moves[thread]!.deltas,
    steps,
  ]
  /** of steps that all threads go through, what is for this one */
  const common = (steps: readonly Step[], thread: number): WorkerStep[] =>
    steps.flatMap((step): WorkerStep[] => {
      if (step.kind === 'barrier') return [0]
      if (step.kind === 'together') return own(step.parts[thread] ?? [], thread)
      return step.kind === 'loop' && step.isShared ? [loopOf(step, thread, common(step.steps, thread))] : []
    })
  const programs = Array.from({ length: team!.size - 1 }, (_, n) => common(steps, n + 1))
  const text = new TextEncoder().encode(JSON.stringify({ kernels: kernels.map(moduleOf), programs }))
  const address = heap.allocate(text.length)
  heap.write('bool', address, text)
  return { address, bytes: text.length }
}

type LoopStep = Extract<Step, { kind: 'loop' }>
