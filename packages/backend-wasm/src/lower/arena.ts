import type { Buffer } from './place.js'
import { addressesOf, type Instruction } from './plan.js'

/** Positions in the order of instructions, both included. */
interface Span {
  readonly first: number
  readonly last: number
}

/** Where an instruction stands, and the loops around it, outermost first. */
interface Touch extends Span {
  readonly loops: readonly Span[]
}

const alignment = 64

/**
 * Offsets for the temporaries of a plan: buffers that are needed at the same time never share bytes. Largest first, each
 * at the lowest offset that is free while it lives. The `kept` ones live until the end.
 */
export function arrange(instructions: readonly Instruction[], kept: readonly Buffer[]) {
  const placed: { span: Span; offset: number; end: number }[] = []
  const offsets = new Map<Buffer, number>()
  let bytes = 0
  const bySize = [...touchesOf(instructions, kept)].toSorted(([a], [b]) => b.bytes - a.bytes)
  for (const [buffer, touches] of bySize) {
    const span = spanOf(touches)
    const size = Math.max(alignment, Math.ceil(buffer.bytes / alignment) * alignment)
    let offset = 0
    for (const other of placed) {
      if (other.span.first > span.last || other.span.last < span.first || other.end <= offset) continue
      if (other.offset >= offset + size) break
      offset = other.end
    }
    offsets.set(buffer, offset)
    const after = placed.findIndex((other) => other.offset > offset)
    placed.splice(after < 0 ? placed.length : after, 0, { span, offset, end: offset + size })
    bytes = Math.max(bytes, offset + size)
  }
  return { offsets, bytes }
}

/** A buffer that more than one round of a loop needs is needed in all of it. */
function spanOf(touches: readonly Touch[]): Span {
  const [start] = touches
  let shared = start!.loops.length
  for (const { loops } of touches) {
    while (shared > 0 && loops[shared - 1] !== start!.loops[shared - 1]) shared--
  }
  const spans = touches.map((touch) => touch.loops[shared] ?? touch)
  return {
    first: Math.min(...spans.map(({ first }) => first)),
    last: Math.max(...spans.map(({ last }) => last)),
  }
}

function touchesOf(instructions: readonly Instruction[], kept: readonly Buffer[]): Map<Buffer, Touch[]> {
  const touches = new Map<Buffer, Touch[]>()
  let position = 0
  const touch = (buffer: Buffer, loops: readonly Span[], whole?: Span) => {
    if (buffer.kind !== 'arena') return
    const list = touches.get(buffer) ?? []
    list.push({ ...(whole ?? { first: position, last: position }), loops })
    touches.set(buffer, list)
  }
  /** `whole`: what other threads do at the same time, and nobody knows when */
  const visit = (list: readonly Instruction[], loops: readonly Span[], whole?: Span) => {
    for (const instruction of list) {
      position++
      if (instruction.kind === 'loop') {
        const span = { first: position, last: position }
        visit(instruction.body, whole ? loops : [...loops, span], whole)
        span.last = ++position
      } else if (instruction.kind === 'together') {
        const span = { first: position, last: position }
        for (const part of instruction.parts) visit(part, loops, span)
        position++
      } else for (const { buffer } of addressesOf(instruction)) touch(buffer, loops, whole)
    }
  }
  visit(instructions, [])
  position++
  for (const buffer of kept) touch(buffer, [])
  return touches
}
