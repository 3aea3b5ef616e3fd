import type { Engine } from './engine.js'
import { faultBytes } from './kernels/indexing.js'
import { arrange } from './lower/arena.js'
import type { Address, Buffer } from './lower/place.js'
import type { Call, HostCall, Instruction, Loop, Lowered } from './lower/plan.js'
import { runSteps, type LoopStep, type Step } from './steps.js'
import { writeProgram } from './threads/program.js'

/** A lowered program in memory: every kernel compiled, every address a word that can be changed. */
export interface Plan {
  /** bytes of temporaries, which are the plan's only while it runs */
  readonly arenaBytes: number
  /** Runs with the temporaries and the inputs at these addresses. */
  run(arena: number, inputs: readonly number[]): void
  /** where the fault records are */
  readonly fault: number
  /** Where something is, as of the last run. */
  addressOf(address: Address): number
  /** Gives the plan's own memory back. */
  free(): void
}

/** Plans get numbers, by which other threads know them. */
let plans = 0

export function createPlan(engine: Engine, { instructions, inputs, outputs, fault }: Lowered): Plan {
  const { heap } = engine
  const threads = engine.team?.size ?? 1
  const kept = outputs.map(({ address }) => address.buffer)
  const { offsets, bytes } = arrange(instructions, kept)
  const blocks = heap.allocate(4 * wordsOf(instructions))
  /** for each buffer the words that hold addresses in it */
  const uses = new Map<Buffer, { word: number; offset: number }[]>()
  const fixed: { word: number; value: number }[] = []
  const loops = new Map<unknown, LoopStep>()
  let next = blocks / 4
  const write = (value: number | Address, thread: number) => {
    const word = next++
    if (typeof value === 'number') fixed.push({ word, value })
    else {
      const list = uses.get(value.buffer) ?? []
      const offset = value.offset + (value.buffer === fault ? thread * faultBytes : 0)
      list.push({ word, offset })
      uses.set(value.buffer, list)
      for (const [loop, bytes] of value.moves) {
        if (bytes === 0) continue
        const { words, deltas } = loops.get(loop)!.moves[thread]!
        words.push(word)
        deltas.push(bytes)
      }
    }
  }
  const stepOf = (instruction: Call | HostCall | Loop, thread: number): Step => {
    if (instruction.kind === 'loop') return loopStep(instruction, thread)
    const word = next
    if (instruction.kind === 'host') {
      instruction.operands.forEach(({ address }) => write(address, thread))
      return { kind: 'host', call: instruction, word }
    }
    const { kernel } = instruction
    instruction.words.forEach((value) => write(value, thread))
    return { kind: 'call', kernel, run: engine.load(kernel), block: 4 * word }
  }
  const loopStep = (loop: Loop, thread: number): LoopStep => {
    const steps: Step[] = []
    const isShared = loop.body.some(isTogether)
    const moves = Array.from({ length: threads }, () => ({ words: [], deltas: [] }))
    const step: LoopStep = { kind: 'loop', count: loop.count, steps, isShared, moves }
    loops.set(loop, step)
    for (const inner of stepsOf(loop.body, thread)) steps.push(inner)
    return step
  }
  /** Where threads share the work, they wait for one another before and after. */
  const stepsOf = (list: readonly Instruction[], thread: number): Step[] => {
    const isShared = list.some(isTogether)
    const steps: Step[] = []
    let before: 'nothing' | 'one' | 'all' = 'nothing'
    const wait = (unless: typeof before) => {
      if (isShared && before !== 'nothing' && before !== unless) steps.push({ kind: 'barrier' })
    }
    for (const instruction of list) {
      const isAll = isTogether(instruction)
      wait(isAll ? 'nothing' : 'one')
      if (instruction.kind === 'together')
        steps.push({ kind: 'together', parts: instruction.parts.map((part, n) => stepsOf(part, n)) })
      else steps.push(stepOf(instruction, thread))
      // rounds that are shared end with all threads at the same place
      before = !isAll ? 'one' : instruction.kind === 'loop' ? 'nothing' : 'all'
    }
    wait('nothing')
    return steps
  }
  const steps = stepsOf(instructions, 0)
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
  const isShared = instructions.some(isTogether)
  const number = ++plans
  /** what other threads run, written when they first do */
  let program: { readonly address: number; readonly bytes: number } | null = null
  return {
    arenaBytes: bytes,
    fault: constants.get(fault)!,
    run(arena, now) {
      const team = isShared && engine.team?.state === 'ready' ? engine.team : null
      if (team) program ??= writeProgram(engine, steps)
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
        if (program) team?.begin(number, program)
        runSteps(steps, heap.memory, words, team)
      } catch (error) {
        team?.end()
        // words of loops may stand anywhere
        bound = { arena: NaN, inputs: [] }
        bind(constants.keys(), heap.words)
        throw error
      }
    },
    addressOf: ({ buffer, offset }) => baseOf(buffer) + offset,
    free() {
      heap.free(blocks)
      if (program) heap.free(program.address)
      for (const address of constants.values()) heap.free(address)
    },
  }
}

/** Whether all threads have something to do with it. */
function isTogether(instruction: Instruction): boolean {
  return instruction.kind === 'together' || (instruction.kind === 'loop' && instruction.body.some(isTogether))
}

function wordsOf(instructions: readonly Instruction[]): number {
  return instructions.reduce((sum, instruction) => {
    if (instruction.kind === 'loop') return sum + wordsOf(instruction.body)
    if (instruction.kind === 'together') return sum + wordsOf(instruction.parts.flat())
    return sum + (instruction.kind === 'host' ? instruction.operands : instruction.words).length
  }, 0)
}
