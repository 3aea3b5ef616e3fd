import type { TypedArray } from '../dtype.js'
import { refuse } from '../errors.js'
import type { Op } from '../op.js'
import { broadcastShapes, checkShape, sameShape, showShape, sizeOf, stridesOf, type Shape } from '../shape.js'
import { apply1, type Tensor } from '../tensor.js'
import { movedAxis } from './along.js'
import { sum } from './reduce.js'

/** Ops that move numbers and compute nothing. All are linear. */

/** A strided walk over `shape` that starts at `offset`: how every movement op reads or writes the other side. */
export interface Walk {
  readonly shape: Shape
  readonly offset: number
  readonly strides: readonly number[]
}

/** to[0, 1, 2, …] = from[walk]. */
export function gatherWalk(walk: Walk, from: TypedArray, to: TypedArray): void {
  eachRow(walk, (start, step, length, at) => {
    for (let i = 0; i < length; i++) to[at + i] = from[start + i * step]!
  })
}

/** to[walk] = from[0, 1, 2, …]. */
function scatterWalk(walk: Walk, from: TypedArray, to: TypedArray): void {
  eachRow(walk, (start, step, length, at) => {
    for (let i = 0; i < length; i++) to[start + i * step] = from[at + i]!
  })
}

function eachRow(
  { shape, offset, strides }: Walk,
  visit: (start: number, step: number, length: number, at: number) => void,
): void {
  const rank = shape.length
  if (sizeOf(shape) === 0) return
  if (rank === 0) return visit(offset, 1, 1, 0)
  const length = shape[rank - 1]!
  const step = strides[rank - 1]!
  const rows = sizeOf(shape) / length
  const index = new Array<number>(rank - 1).fill(0)
  let start = offset
  for (let row = 0; row < rows; row++) {
    visit(start, step, length, row * length)
    for (let axis = rank - 2; axis >= 0; axis--) {
      start += strides[axis]!
      if (++index[axis]! < shape[axis]!) break
      start -= strides[axis]! * shape[axis]!
      index[axis] = 0
    }
  }
}

export const reshapeOp: Op<{ readonly shape: Shape }> = {
  name: 'reshape',
  formula: 'y = x',
  cost: 'free',
  along: ([axis], [x], { shape }) =>
    movedAxis(axis!, (from) => {
      // the axis is still there if as many elements stand before it
      const before = sizeOf(x!.shape.slice(0, from))
      const to = shape.findIndex(
        (extent, i) => extent === x!.shape[from] && sizeOf(shape.slice(0, i)) === before,
      )
      return to >= 0 && to
    }),
  infer([x], { shape }) {
    if (sizeOf(x!.shape) !== sizeOf(shape)) {
      const [from, to] = [x!.shape, shape]
      refuse(
        'reshape',
        `${showShape(from)} has ${sizeOf(from)} elements but ${showShape(to)} has ${sizeOf(to)}; sizes must agree`,
      )
    }
    return [{ shape, dtype: x!.dtype }]
  },
  kernel:
    () =>
    ([x], [y]) =>
      y!.set(x!),
  derivative: { kind: 'linear', transpose: (g, _i, [x]) => reshape(g, x!.shape) },
  batch: ([x], _batched, { shape }, size) => [reshape(x!, [size, ...shape])],
}

export const transposeOp: Op<{ readonly permutation: readonly number[] }> = {
  name: 'transpose',
  formula: String.raw`y_{i_{\pi}} = x_i`,
  cost: 'free',
  along: ([axis], _inputs, { permutation }) => movedAxis(axis!, (from) => permutation.indexOf(from)),
  infer: ([x], { permutation }) => [{ shape: permutation.map((axis) => x!.shape[axis]!), dtype: x!.dtype }],
  kernel([x], { permutation }, [y]) {
    const from = stridesOf(x!.shape)
    const walk = { shape: y!.shape, offset: 0, strides: permutation.map((axis) => from[axis]!) }
    return ([x], [y]) => gatherWalk(walk, x!, y!)
  },
  derivative: {
    kind: 'linear',
    transpose: (g, _i, _inputs, { permutation }) => permute(g, invert(permutation)),
  },
  batch: ([x], _batched, { permutation }) => [permute(x!, [0, ...permutation.map((axis) => axis + 1)])],
}

/** Stretches axes of extent 1. Undoing it is the only place where gradients of broadcast operands are summed. */
export const broadcastOp: Op<{ readonly shape: Shape }> = {
  name: 'broadcast',
  formula: String.raw`y_{ij} = x_{1j}`,
  cost: 'free',
  along: ([axis], [x], { shape }) => movedAxis(axis!, (from) => shape[from] === x!.shape[from] && from),
  infer([x], { shape }) {
    const fits =
      x!.shape.length === shape.length &&
      x!.shape.every((extent, axis) => extent === shape[axis] || extent === 1)
    if (!fits)
      refuse(
        'broadcast',
        `${showShape(x!.shape)} does not stretch to ${showShape(shape)}; only axes of size 1 stretch`,
      )
    return [{ shape, dtype: x!.dtype }]
  },
  kernel([x], { shape }) {
    const from = stridesOf(x!.shape)
    const walk = {
      shape,
      offset: 0,
      strides: from.map((stride, axis) => (x!.shape[axis] === 1 ? 0 : stride)),
    }
    return ([x], [y]) => gatherWalk(walk, x!, y!)
  },
  derivative: {
    kind: 'linear',
    transpose(g, _i, [x]) {
      const stretched = x!.shape.flatMap((extent, axis) => (extent === g.shape[axis] ? [] : [axis]))
      return sum(g, stretched, { keepDims: true })
    },
  },
  batch: ([x], _batched, { shape }, size) => [stretch(x!, [size, ...shape])],
}

export interface Slice {
  readonly start: readonly number[]
  readonly stop: readonly number[]
  readonly step: readonly number[]
}

export const sliceOp: Op<Slice> = {
  name: 'slice',
  formula: 'y_i = x_{a + s i}',
  cost: 'free',
  along: ([axis], [x], { start, stop, step }) =>
    movedAxis(axis!, (from) => {
      const isWhole = start[from] === 0 && stop[from] === x!.shape[from] && step[from] === 1
      return isWhole && from
    }),
  infer([x], { start, stop, step }) {
    checkEachAxis('slice', 'bounds', start, x!.shape)
    x!.shape.forEach((extent, axis) => {
      const [from, to, by] = [start[axis]!, stop[axis]!, step[axis]!]
      if (!(from >= 0 && to >= from && to <= extent)) {
        refuse(
          'slice',
          `axis ${axis} of ${showShape(x!.shape)} has ${extent} entries, and ${from} to ${to} is not within them; ` +
            `use 0 ≤ start ≤ stop ≤ ${extent}`,
        )
      }
      if (!Number.isInteger(by) || by < 1)
        refuse('slice', `the step along axis ${axis} is ${by}; it must be a whole number from 1`)
    })
    return [
      { shape: start.map((from, axis) => Math.ceil((stop[axis]! - from) / step[axis]!)), dtype: x!.dtype },
    ]
  },
  kernel([x], attrs, [y]) {
    const walk = sliceWalk(x!.shape, attrs, y!.shape)
    return ([x], [y]) => gatherWalk(walk, x!, y!)
  },
  derivative: {
    kind: 'linear',
    transpose(g, _i, [x], { start, step }) {
      const low = start
      const interior = step.map((s) => s - 1)
      const high = x!.shape.map((extent, axis) => extent - start[axis]! - spanOf(g.shape[axis]!, step[axis]!))
      return apply1(padOp, [g], { low, high, interior, value: 0 })
    },
  },
  batch: ([x], _batched, { start, stop, step }, size) => [
    apply1(sliceOp, [x!], { start: [0, ...start], stop: [size, ...stop], step: [1, ...step] }),
  ],
}

export interface Pad {
  readonly low: readonly number[]
  readonly high: readonly number[]
  /** how many values go between neighbours */
  readonly interior: readonly number[]
  readonly value: number
}

export const padOp: Op<Pad> = {
  name: 'pad',
  formula: String.raw`y_{a + s i} = x_i,\ y = c \text{ elsewhere}`,
  cost: 'free',
  along: ([axis], _inputs, { low, high, interior }) =>
    movedAxis(axis!, (from) => low[from] === 0 && high[from] === 0 && interior[from] === 0 && from),
  linear: ({ value }) => (value === 0 ? [[0]] : []),
  infer([x], { low, high, interior }) {
    checkEachAxis('pad', 'paddings', low, x!.shape)
    const shape = x!.shape.map((extent, axis) => {
      const widths = [low[axis]!, high[axis]!, interior[axis]!]
      const bad = widths.find((width) => !Number.isInteger(width) || width < 0)
      if (bad !== undefined) {
        refuse(
          'pad',
          `axis ${axis} of ${showShape(x!.shape)} is padded by ${bad}; paddings are whole numbers from 0, and slices cut`,
        )
      }
      return low[axis]! + spanOf(extent, interior[axis]! + 1) + high[axis]!
    })
    return [{ shape, dtype: x!.dtype }]
  },
  kernel([x], { low, interior, value }, [y]) {
    const step = interior.map((gap) => gap + 1)
    const walk = sliceWalk(y!.shape, { start: low, step }, x!.shape)
    return ([x], [y]) => {
      y!.fill(value)
      scatterWalk(walk, x!, y!)
    }
  },
  derivative: {
    kind: 'rules',
    jvp: ([t], _inputs, _y, attrs) => apply1(padOp, [t!], { ...attrs, value: 0 }),
    vjp: (g, _i, [x], _y, { low, interior }) =>
      apply1(sliceOp, [g], {
        start: low,
        stop: x!.shape.map((extent, axis) => low[axis]! + spanOf(extent, interior[axis]! + 1)),
        step: interior.map((gap) => gap + 1),
      }),
  },
  batch: ([x], _batched, { low, high, interior, value }) => [
    apply1(padOp, [x!], { low: [0, ...low], high: [0, ...high], interior: [0, ...interior], value }),
  ],
}

export const flipOp: Op<{ readonly axes: readonly number[] }> = {
  name: 'flip',
  formula: 'y_i = x_{n - 1 - i}',
  cost: 'free',
  along: ([axis], _inputs, { axes }) => movedAxis(axis!, (from) => !axes.includes(from) && from),
  infer: ([x]) => [x!],
  kernel([x], { axes }) {
    const strides = stridesOf(x!.shape)
    const offset = axes.reduce((at, axis) => at + (x!.shape[axis]! - 1) * strides[axis]!, 0)
    const walk = {
      shape: x!.shape,
      offset,
      strides: strides.map((stride, axis) => (axes.includes(axis) ? -stride : stride)),
    }
    return ([x], [y]) => gatherWalk(walk, x!, y!)
  },
  derivative: { kind: 'linear', transpose: (g, _i, _inputs, attrs) => apply1(flipOp, [g], attrs) },
  batch: ([x], _batched, { axes }) => [apply1(flipOp, [x!], { axes: axes.map((axis) => axis + 1) })],
}

/** x in another shape with as many elements, as NumPy reads and writes it. One extent may be −1: what is left. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const unknown = shape.indexOf(-1)
  if (unknown !== shape.lastIndexOf(-1))
    refuse('reshape', `${showShape(shape)} leaves two sizes open; give all but one`)
  const known = sizeOf(shape.filter((extent) => extent !== -1))
  const full = unknown < 0 ? shape : shape.map((extent, axis) => (axis === unknown ? x.size / known : extent))
  if (unknown >= 0 && !Number.isInteger(x.size / known)) {
    refuse(
      'reshape',
      `${x.size} elements do not divide into ${showShape(shape)}; ${known} must divide ${x.size}`,
    )
  }
  checkShape('reshape', full)
  return sameShape(x.shape, full) ? x : apply1(reshapeOp, [x], { shape: [...full] })
}

/** Axis i of the result is axis `permutation[i]` of x. */
export function permute(x: Tensor, permutation: readonly number[]): Tensor {
  const isPermutation =
    permutation.length === x.rank && x.shape.every((_, axis) => permutation.includes(axis))
  if (!isPermutation)
    refuse('transpose', `${showShape(permutation)} does not name each of the ${x.rank} axes once`)
  return permutation.every((axis, i) => axis === i)
    ? x
    : apply1(transposeOp, [x], { permutation: [...permutation] })
}

/** x repeated along new leading axes and axes of size 1 until it has `shape`, as NumPy's broadcast_to. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x
  if (!sameShape(broadcastShapes('broadcastTo', x.shape, shape), shape)) {
    refuse(
      'broadcastTo',
      `${showShape(x.shape)} does not stretch to ${showShape(shape)}; only axes of size 1 stretch`,
    )
  }
  return stretch(reshape(x, [...new Array<number>(shape.length - x.rank).fill(1), ...x.shape]), shape)
}

function stretch(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : apply1(broadcastOp, [x], { shape: [...shape] })
}

function checkEachAxis(name: string, what: string, given: readonly number[], shape: Shape): void {
  if (given.length === shape.length) return
  refuse(
    name,
    `${what} are given for ${given.length} axes, but ${showShape(shape)} has ${shape.length}; give one for each axis`,
  )
}

function invert(permutation: readonly number[]): number[] {
  return permutation.map((_, axis) => permutation.indexOf(axis))
}

function spanOf(extent: number, step: number): number {
  return extent === 0 ? 0 : (extent - 1) * step + 1
}

function sliceWalk(whole: Shape, { start, step }: Pick<Slice, 'start' | 'step'>, shape: Shape): Walk {
  const strides = stridesOf(whole)
  return {
    shape,
    offset: start.reduce((at, from, axis) => at + from * strides[axis]!, 0),
    strides: strides.map((stride, axis) => stride * step[axis]!),
  }
}
