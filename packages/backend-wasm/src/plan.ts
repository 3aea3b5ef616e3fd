import type { Engine, Run } from './engine.js'
import { viewOf } from './heap.js'
import { arrange } from './lower/arena.js'
import type { Address, Buffer } from './lower/place.js'
import type { HostCall, Instruction, Loop, Lowered } from './lower/plan.js'

/** A lowered program in memory: every kernel compiled, every address a word that can be changed. */
export interface Plan {
  /** bytes of temporaries, which are the plan's only while it runs */
  readonly arenaBytes: number
  /** Runs with the temporaries and the inputs at these addresses. */
  run(arena: number, inputs: readonly number[]): void
  /** where the fault record is */
  readonly fault: number
  /** Where something is, as of the last run. */
  addressOf(address: Address): number
  /** Gives the plan's own memory back. */
  free(): void
}

/** A step as it is run. Blocks are addresses; words are counted from the start of the memory. */
type Step =
  | { readonly kind: 'call'; readonly run: Run; readonly block: number }
  | { readonly kind: 'host'; readonly call: HostCall; readonly word: number }
  | LoopStep

interface LoopStep {
  readonly kind: 'loop'
  readonly count: number
  readonly steps: readonly Step[]
  /** words that move on with each round, and by how much */
  readonly words: number[]
  readonly deltas: number[]
}

export function createPlan(engine: Engine, { instructions, inputs, outputs, fault }: Lowered): Plan {
  const { heap } = engine
  const kept = outputs.map(({ address }) => address.buffer)
  const { offsets, bytes } = arrange(instructions, kept)
  const blocks = heap.allocate(4 * wordsOf(instructions))
  /** for each buffer the words that hold addresses in it */
  const uses = new Map<Buffer, { word: number; offset: number }[]>()
  const fixed: { word: number; value: number }[] = []
  const loops = new Map<unknown, LoopStep>()
  let next = blocks / 4
  const write = (value: number | Address) => {
    const word = next++
    if (typeof value === 'number') fixed.push({ word, value })
    else {
      const list = uses.get(value.buffer) ?? []
      list.push({ word, offset: value.offset })
      uses.set(value.buffer, list)
      for (const [loop, bytes] of value.moves) {
        if (bytes === 0) continue
        loops.get(loop)!.words.push(word)
        loops.get(loop)!.deltas.push(bytes)
      }
    }
  }
  const stepOf = (instruction: Instruction): Step => {
    if (instruction.kind === 'loop') return loopStep(instruction)
    const word = next
    if (instruction.kind === 'host') {
      instruction.operands.forEach(({ address }) => write(address))
      return { kind: 'host', call: instruction, word }
    }
    instruction.words.forEach(write)
    return { kind: 'call', run: engine.load(instruction.kernel), block: 4 * word }
  }
  const loopStep = (loop: Loop): LoopStep => {
    const steps: Step[] = []
    const step: LoopStep = { kind: 'loop', count: loop.count, steps, words: [], deltas: [] }
    loops.set(loop, step)
    for (const instruction of loop.body) steps.push(stepOf(instruction))
    return step
  }
  const steps = instructions.map(stepOf)
  // what is read after a run has a place even where no instruction names it
  for (const buffer of [fault, ...kept]) uses.set(buffer, uses.get(buffer) ?? [])
  const constants = new Map<Buffer, number>()
  for (const buffer of uses.keys()) {
    if (buffer.kind !== 'constant') continue
    const address = heap.allocate(buffer.bytes)
    heap.write('bool', address, buffer.numbers!)
    constants.set(buffer, address)
  }
  const { words } = heap
  for (const { word, value } of fixed) words[word] = value

  const bind = (buffers: Iterable<Buffer>, words: Int32Array) => {
    for (const buffer of buffers) {
      const base = baseOf(buffer)
      for (const { word, offset } of uses.get(buffer) ?? []) words[word] = base + offset
    }
  }
  /** where the temporaries and the inputs are for the words as they stand */
  let bound = { arena: NaN, inputs: [] as number[] }
  const baseOf = (buffer: Buffer): number =>
    buffer.kind === 'arena'
      ? bound.arena + offsets.get(buffer)!
      : buffer.kind === 'input'
        ? bound.inputs[buffer.input!]!
        : constants.get(buffer)!
  const temporaries = [...uses.keys()].filter(({ kind }) => kind === 'arena')
  bind(constants.keys(), words)
  return {
    arenaBytes: bytes,
    fault: constants.get(fault)!,
    run(arena, now) {
      const { words } = heap
      if (bound.arena !== arena) {
        bound.arena = arena
        bind(temporaries, words)
      }
      for (let i = 0; i < now.length; i++) {
        if (bound.inputs[i] === now[i]) continue
        bound.inputs[i] = now[i]!
        bind([inputs[i]!], words)
      }
      try {
        runSteps(steps, words)
      } catch (error) {
        bound = { arena: NaN, inputs: [] } // words of loops may stand anywhere
        throw error
      }
    },
    addressOf: ({ buffer, offset }) => baseOf(buffer) + offset,
    free() {
      heap.free(blocks)
      for (const address of constants.values()) heap.free(address)
    },
  }

  function runSteps(steps: readonly Step[], words: Int32Array): void {
    for (const step of steps) {
      if (step.kind === 'call') step.run(step.block)
      else if (step.kind === 'loop') runLoop(step, words)
      else {
        const operands = step.call.operands.map(({ dtype, length }, i) =>
          viewOf(heap.memory, dtype, words[step.word + i]!, length),
        )
        step.call.run(operands)
      }
    }
  }

  function runLoop({ count, steps, words: moving, deltas }: LoopStep, words: Int32Array): void {
    for (let round = 0; round < count; round++) {
      runSteps(steps, words)
      for (let i = 0; i < moving.length; i++) words[moving[i]!]! += deltas[i]!
    }
    for (let i = 0; i < moving.length; i++) words[moving[i]!]! -= count * deltas[i]!
  }
}

function wordsOf(instructions: readonly Instruction[]): number {
  return instructions.reduce((sum, instruction) => {
    if (instruction.kind === 'loop') return sum + wordsOf(instruction.body)
    return sum + (instruction.kind === 'host' ? instruction.operands : instruction.words).length
  }, 0)
}
