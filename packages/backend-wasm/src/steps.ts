import type { Run } from './engine.js'
import { viewOf } from './heap.js'
import type { Kernel } from './kernels/kernel.js'
import type { HostCall } from './lower/plan.js'
import type { Team } from './threads/team.js'

/** A step as it is run. Blocks are addresses; words are counted from the start of the memory. */
export type Step =
  | { readonly kind: 'call'; readonly kernel: Kernel; readonly run: Run; readonly block: number }
  | { readonly kind: 'host'; readonly call: HostCall; readonly word: number }
  | LoopStep
  | { readonly kind: 'together'; readonly parts: readonly (readonly Step[])[] }
  | { readonly kind: 'barrier' }

export interface LoopStep {
  readonly kind: 'loop'
  readonly count: number
  readonly steps: readonly Step[]
  /** whether all threads go through its rounds together */
  readonly isShared: boolean
  /** for each thread, words that move on with each round of what it runs, and by how much */
  readonly moves: readonly { readonly words: number[]; readonly deltas: number[] }[]
}

/** Runs steps: with a team the first thread's, else those of all threads one after the other. */
export function runSteps(
  steps: readonly Step[],
  memory: WebAssembly.Memory,
  words: Int32Array,
  team: Team | null,
): void {
  for (const step of steps) {
    if (step.kind === 'call') step.run(step.block)
    else if (step.kind === 'loop') runLoop(step, memory, words, team)
    else if (step.kind === 'host') {
      const operands = step.call.operands.map(({ dtype, length }, i) =>
        viewOf(memory, dtype, words[step.word + i]!, length),
      )
      step.call.run(operands)
    } else if (step.kind === 'barrier') team?.barrier()
    else if (team) runSteps(step.parts[0]!, memory, words, team)
    else for (const part of step.parts) runSteps(part, memory, words, null)
  }
}

function runLoop(
  { count, steps, moves, isShared }: LoopStep,
  memory: WebAssembly.Memory,
  words: Int32Array,
  team: Team | null,
): void {
  // another thread moves its own words
  const threads = isShared && team ? 1 : moves.length
  const move = (rounds: number) => {
    for (let thread = 0; thread < threads; thread++) {
      const { words: moving, deltas } = moves[thread]!
      for (let i = 0; i < moving.length; i++) words[moving[i]!]! += rounds * deltas[i]!
    }
  }
  for (let round = 0; round < count; round++) {
    runSteps(steps, memory, words, team)
    move(1)
  }
  move(-count)
}
