import type { Level, Words } from '../kernels/kernel.js'
import type { Address, Buffer, LoopMark } from './place.js'
import { addressesOf, type Call, type Instruction, type Loop } from './plan.js'
import type { Threads } from './scope.js'

/** What the list of each thread has, between two moments at which all threads wait for one another. */
interface Phase {
  readonly lists: Instruction[][]
  readonly touched: Touched[]
  readonly work: number[]
}

interface Touched {
  readonly reads: Set<Buffer>
  readonly writes: Set<Buffer>
}

/** What threads may write at the same time: each has a record of its own. */
export interface Sharing extends Threads {
  readonly level: Level
  readonly apart: Buffer
}

/**
 * The same instructions with what takes long spread over threads: calls in pieces that write different numbers, and whole
 * calls that have nothing to do with one another. No sum is ever divided, so the bits are those of one thread.
 */
export function share(list: readonly Instruction[], how: Sharing): Instruction[] {
  const shared: Instruction[] = []
  let phase = freshPhase(how.count)
  const flush = () => {
    const [first, ...others] = phase.lists
    if (others.every((list) => list.length === 0)) shared.push(...first!)
    else shared.push({ kind: 'together', parts: phase.lists })
    phase = freshPhase(how.count)
  }
  const add = (thread: number, instruction: Instruction) => {
    phase.lists[thread]!.push(instruction)
    touch(instruction, phase.touched[thread]!, how.apart)
    phase.work[thread]! += workOf(instruction)
  }
  const addWhole = (instruction: Instruction) => {
    const threads = conflicts(phase, instruction, how.apart)
    if (threads.length > 1 || (threads.length === 1 && threads[0] !== 0 && hasHost(instruction))) flush()
    else if (threads.length === 1) return add(threads[0]!, instruction)
    const isFree = workOf(instruction) >= how.leastWork && !hasHost(instruction)
    add(isFree ? phase.work.indexOf(Math.min(...phase.work)) : 0, instruction)
  }
  // only the first thread has reference kernels
  const instructions = list.flatMap((one) =>
    one.kind === 'together' && hasHost(one) ? one.parts.flat() : [one],
  )
  for (const instruction of instructions) {
    const pieces = piecesOf(instruction, how)
    if (pieces) {
      if (conflicts(phase, instruction, how.apart).length > 0) flush()
      pieces.forEach((piece, thread) => piece.forEach((one) => add(thread, one)))
    } else if (instruction.kind === 'loop' && shareRounds(instruction, how)) {
      flush()
      shared.push(instruction)
    } else addWhole(instruction)
  }
  flush()
  return shared
}

/** How many nanoseconds less a list takes with threads, roughly. */
export function gainOf(list: readonly Instruction[]): number {
  return list.reduce((sum, instruction) => {
    if (instruction.kind === 'loop') return sum + instruction.count * gainOf(instruction.body)
    if (instruction.kind !== 'together') return sum
    const work = instruction.parts.map((part) => part.reduce((sum, one) => sum + workOf(one), 0))
    return sum + work.reduce((sum, part) => sum + part, 0) - Math.max(...work)
  }, 0)
}

/** The same instructions for one thread. */
export function unshare(list: readonly Instruction[]): Instruction[] {
  return list.flatMap((instruction) => {
    if (instruction.kind === 'together') return instruction.parts.flat()
    if (instruction.kind === 'loop') instruction.body.splice(0, Infinity, ...unshare(instruction.body))
    return [instruction]
  })
}

function freshPhase(threads: number): Phase {
  const each = <T>(make: () => T) => Array.from({ length: threads }, make)
  return {
    lists: each(() => []),
    touched: each(() => ({ reads: new Set<Buffer>(), writes: new Set<Buffer>() })),
    work: each(() => 0),
  }
}

/** Shares each round of a loop, where that has enough to do; says whether. */
function shareRounds(loop: Loop, how: Sharing): boolean {
  loop.body.splice(0, Infinity, ...share(loop.body, how))
  return loop.body.some(isShared)
}

function isShared(instruction: Instruction): boolean {
  return instruction.kind === 'together' || (instruction.kind === 'loop' && instruction.body.some(isShared))
}

function piecesOf(instruction: Instruction, how: Sharing): readonly (readonly Instruction[])[] | null {
  if (instruction.kind === 'together') return instruction.parts
  if (instruction.kind === 'host' || workOf(instruction) < how.leastWork) return null
  return instruction.kind === 'call' ? piecesOfCall(instruction, how) : piecesOfLoop(instruction, how)
}

function wordsOf({ kernel, words }: Call): Words {
  return (name) => words[kernel.parameters.indexOf(name)] as number
}

function workOf(instruction: Instruction): number {
  if (instruction.kind === 'host') return 0
  if (instruction.kind === 'call') return instruction.kernel.sharing?.work(wordsOf(instruction)) ?? 0
  const lists = instruction.kind === 'loop' ? [instruction.body] : instruction.parts
  const work = lists.map((list) => list.reduce((sum, one) => sum + workOf(one), 0))
  return instruction.kind === 'loop' ? instruction.count * work[0]! : Math.max(...work)
}

function hasHost(instruction: Instruction): boolean {
  if (instruction.kind === 'loop') return instruction.body.some(hasHost)
  if (instruction.kind === 'together') return instruction.parts.flat().some(hasHost)
  return instruction.kind === 'host'
}

/** Whether all that an instruction writes is known. */
function isKnown(instruction: Instruction): boolean {
  if (instruction.kind === 'loop') return instruction.body.every(isKnown)
  return instruction.kind === 'call' && instruction.kernel.sharing !== undefined
}

/** Which of `count` things, in multiples of a grain, each thread gets. */
function shares(count: number, grain: number, threads: number) {
  const grains = Math.ceil(count / grain)
  const parts = Math.min(threads, grains)
  return Array.from({ length: parts }, (_, n) => {
    const first = Math.floor((n * grains) / parts)
    const end = Math.min(count, grain * Math.floor(((n + 1) * grains) / parts))
    return { first, count: end - grain * first }
  })
}

function piecesOfCall(call: Call, { level, count: threads }: Sharing): readonly Call[][] | null {
  const { sharing, parameters } = call.kernel
  if (!sharing) return null
  const of = wordsOf(call)
  const grains = ({ count, grain }: { count: string; grain: number }) => Math.ceil(of(count) / grain)
  const cuts = sharing.cuts(of, level).filter((cut) => grains(cut) > 1)
  if (cuts.length === 0) return null
  const cut = cuts.reduce((best, one) => (grains(one) > grains(best) ? one : best))
  return shares(of(cut.count), cut.grain, threads).map(({ first, count }, n) => {
    const words = call.words.map((word, i) => {
      const name = parameters[i]!
      const step = cut.steps[name] ?? 0
      if (typeof word === 'number') return name === cut.count ? count : word + first * step
      // what the whole call writes over and over is room to work in
      if (step === 0 && n > 0 && sharing.writes.includes(name)) return { ...word, buffer: { ...word.buffer } }
      return { ...word, offset: word.offset + first * step }
    })
    return [{ ...call, words }]
  })
}

/** Rounds of a loop that do not need one another. */
function piecesOfLoop(loop: Loop, { count: threads, apart }: Sharing): readonly Loop[][] | null {
  if (!loop.independent || loop.count < 2 || !isKnown(loop)) return null
  const written = new Set<Buffer>()
  eachAddress(loop, (address, isWritten) => {
    if (isWritten && !address.moves.get(loop)) written.add(address.buffer)
  })
  written.delete(apart)
  if ([...written].some(({ kind }) => kind !== 'arena')) return null
  return shares(loop.count, 1, threads).map(({ first, count }, n) => {
    // what each round writes at the same place is room to work in
    const own = new Map([...written].map((buffer) => [buffer, n === 0 ? buffer : { ...buffer }]))
    const loops = new Map<LoopMark, Loop>()
    const moved = (address: Address): Address => ({
      buffer: own.get(address.buffer) ?? address.buffer,
      offset: address.offset + first * (address.moves.get(loop) ?? 0),
      moves: new Map([...address.moves].map(([mark, bytes]) => [loops.get(mark) ?? mark, bytes])),
    })
    const again = (one: Instruction): Instruction => {
      if (one.kind === 'call')
        return { ...one, words: one.words.map((word) => (typeof word === 'number' ? word : moved(word))) }
      return one.kind === 'loop' ? loopAgain(one, one.count) : one
    }
    const loopAgain = (one: Loop, count: number): Loop => {
      const copy: Loop = { ...one, count, body: [] }
      loops.set(one, copy)
      copy.body.push(...one.body.map(again))
      return copy
    }
    return [loopAgain(loop, count)]
  })
}

/** Visits every address of an instruction; `isWritten` also where nobody says that it is only read. */
function eachAddress(instruction: Instruction, visit: (address: Address, isWritten: boolean) => void): void {
  if (instruction.kind === 'loop') for (const one of instruction.body) eachAddress(one, visit)
  else if (instruction.kind === 'together')
    for (const list of instruction.parts) for (const one of list) eachAddress(one, visit)
  else if (instruction.kind === 'host') for (const address of addressesOf(instruction)) visit(address, true)
  else {
    const { parameters, sharing } = instruction.kernel
    instruction.words.forEach((word, i) => {
      if (typeof word !== 'number') visit(word, sharing?.writes.includes(parameters[i]!) ?? true)
    })
  }
}

function touch(instruction: Instruction, { reads, writes }: Touched, apart: Buffer): void {
  eachAddress(instruction, ({ buffer }, isWritten) => {
    if (buffer !== apart) (isWritten ? writes : reads).add(buffer)
  })
}

/** Threads whose lists an instruction must wait for. */
function conflicts({ touched }: Phase, instruction: Instruction, apart: Buffer): number[] {
  const own: Touched = { reads: new Set(), writes: new Set() }
  touch(instruction, own, apart)
  const meet = (a: ReadonlySet<Buffer>, b: ReadonlySet<Buffer>) => [...a].some((buffer) => b.has(buffer))
  return touched.flatMap(({ reads, writes }, thread) =>
    meet(own.writes, writes) || meet(own.writes, reads) || meet(own.reads, writes) ? [thread] : [],
  )
}
