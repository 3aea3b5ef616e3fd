import type { DType, Shape } from '@tapeloop/core'
import { bytesOf } from '../kernels/memory.js'

/** Memory that a plan works in, before it has an address. */
export interface Buffer {
  readonly bytes: number
  /**
   * `arena`: a temporary; `input`: what the caller brings, by number; `constant`: numbers that never change, and words that
   * outlive a run.
   */
  readonly kind: 'arena' | 'input' | 'constant'
  readonly input?: number
  readonly numbers?: Uint8Array
}

/** A loop of the plan, as what addresses move with. */
export interface LoopMark {
  readonly count: number
}

/** An address that moves on by some bytes with each round of the loops around it. */
export interface Address {
  readonly buffer: Buffer
  readonly offset: number
  readonly moves: ReadonlyMap<LoopMark, number>
}

/** Where a tensor's numbers are: an address, and for each axis the bytes from one number to the next. */
export interface Place extends Address {
  readonly strides: readonly number[]
}

const still: ReadonlyMap<LoopMark, number> = new Map()

/** Row-major strides in bytes. */
export function rowMajor(shape: Shape, dtype: DType): number[] {
  const strides = new Array<number>(shape.length)
  let bytes: number = bytesOf[dtype]
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = bytes
    bytes *= shape[axis]!
  }
  return strides
}

/** The whole of a buffer, in row-major order. */
export function wholeOf(buffer: Buffer, shape: Shape, dtype: DType): Place {
  return { buffer, offset: 0, moves: still, strides: rowMajor(shape, dtype) }
}

/** Whether the numbers lie one after the other in row-major order. */
export function isRowMajor({ strides }: Place, shape: Shape, dtype: DType): boolean {
  const wanted = rowMajor(shape, dtype)
  return (
    shape.some((extent) => extent === 0) ||
    shape.every((n, axis) => n === 1 || strides[axis] === wanted[axis])
  )
}

/** The part from `start` on, with every `step`-th number; negative steps go back. */
export function stepped(place: Place, start: readonly number[], step: readonly number[]): Place {
  const offset = start.reduce((at, from, axis) => at + from * place.strides[axis]!, place.offset)
  return { ...place, offset, strides: place.strides.map((stride, axis) => stride * step[axis]!) }
}

export function permuted(place: Place, permutation: readonly number[]): Place {
  return { ...place, strides: permutation.map((axis) => place.strides[axis]!) }
}

/** Axes of extent 1 repeated. */
export function stretched(place: Place, from: Shape, to: Shape): Place {
  return { ...place, strides: place.strides.map((stride, axis) => (from[axis] === to[axis] ? stride : 0)) }
}

/** The entry of the first axis at which a loop stands: it starts at `first` and goes on by `step` entries a round. */
export function entryOf(place: Place, loop: LoopMark, first: number, step: number): Place {
  const [stride, ...strides] = place.strides
  return {
    buffer: place.buffer,
    offset: place.offset + first * stride!,
    strides,
    moves: new Map([...place.moves, [loop, step * stride!]]),
  }
}

/** The same numbers in another shape; null where strides cannot say it. */
export function reshaped(place: Place, from: Shape, to: Shape): Place | null {
  if (from.some((extent) => extent === 0)) return { ...place, strides: to.map(() => 0) }
  const { shape, strides } = collapsed(from, [place.strides])
  // split the collapsed axes, last first
  const result = new Array<number>(to.length)
  let axis = shape.length - 1
  let left = shape[axis] ?? 1
  let stride = strides[axis]?.[0] ?? 0
  for (let i = to.length - 1; i >= 0; i--) {
    const extent = to[i]!
    if (extent === 1) {
      result[i] = 0
      continue
    }
    if (left === 1) {
      axis--
      left = shape[axis]!
      stride = strides[axis]![0]!
    }
    if (left % extent !== 0) return null
    result[i] = stride
    stride *= extent
    left /= extent
  }
  return { ...place, strides: result }
}

/**
 * Axes of extent 1 left out, and neighbours joined where all operands step through both as through one. `strides[axis]`
 * has one entry an operand.
 */
export function collapsed(
  shape: Shape,
  operands: readonly (readonly number[])[],
): { shape: number[]; strides: number[][] } {
  const result = { shape: [] as number[], strides: [] as number[][] }
  shape.forEach((extent, axis) => {
    if (extent === 1) return
    const steps = operands.map((strides) => strides[axis]!)
    const last = result.shape.length - 1
    const joins = last >= 0 && steps.every((step, i) => result.strides[last]![i] === step * extent)
    if (joins) {
      result.shape[last]! *= extent
      result.strides[last] = steps
    } else {
      result.shape.push(extent)
      result.strides.push(steps)
    }
  })
  return result
}
