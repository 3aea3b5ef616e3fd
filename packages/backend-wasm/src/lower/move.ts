import type { DType, Shape } from '@tapeloop/core'
import { copyRows, copyStrided, copyTransposed, copyVectors } from '../kernels/copy.js'
import type { Kernel } from '../kernels/kernel.js'
import { map } from '../kernels/map.js'
import { bytesOf } from '../kernels/memory.js'
import { collapsed, type Address, type Place } from './place.js'
import type { Instruction, Loop } from './plan.js'

/** Adds a call of a kernel. */
export function call<Name extends string>(
  list: Instruction[],
  kernel: Kernel<Name>,
  parameters: Readonly<Record<Name, number | Address>>,
): void {
  list.push({ kind: 'call', kernel, words: kernel.parameters.map((name) => parameters[name]) })
}

/** An operand of a walk over axes: where it starts, and its bytes a step along each. */
export interface Walker {
  readonly address: Address
  readonly strides: readonly number[]
}

/** Loops over outer axes; `emit` adds what is done in each round to the list it is given. */
export function overAxes(
  list: Instruction[],
  extents: readonly number[],
  walkers: readonly Walker[],
  emit: (list: Instruction[], addresses: readonly Address[]) => void,
): void {
  const [count, ...inner] = extents
  if (count === undefined)
    return emit(
      list,
      walkers.map(({ address }) => address),
    )
  const loop: Loop = { kind: 'loop', count, body: [], independent: true }
  const moved = walkers.map(({ address, strides: [stride, ...strides] }) => ({
    address: { ...address, moves: new Map([...address.moves, [loop, stride!]]) },
    strides,
  }))
  overAxes(loop.body, inner, moved, emit)
  list.push(loop)
}

/** Copies a tensor from one place to another. */
export function copy(list: Instruction[], from: Place, to: Place, shape: Shape, dtype: DType): void {
  if (shape.includes(0)) return
  const size = bytesOf[dtype]
  const { shape: extents, strides } = collapsed(shape, [from.strides, to.strides])
  const axes = extents.map((extent, axis) => ({ extent, from: strides[axis]![0]!, to: strides[axis]![1]! }))
  const last = axes.pop() ?? { extent: 1, from: size, to: size }
  // the axis along which the numbers of the source lie one after the other, where that of the target is another
  const across = last.to === size && last.from !== size ? axes.findIndex((axis) => axis.from === size) : -1
  if (last.from === 0 && last.to === size) {
    spread(list, from, to, axes, last.extent, dtype)
  } else if (across >= 0 && size !== 1) {
    const [columns] = axes.splice(across, 1)
    inMatrices(list, copyTransposed(size), from, to, [...axes, last, columns!])
  } else {
    const isContiguous = last.from === size && last.to === size
    const vectors = (last.extent * size) / 16
    const rows = vectors === 1 || vectors === 2 || vectors === 4 ? copyVectors(vectors) : copyRows(size)
    inMatrices(list, isContiguous ? rows : copyStrided(size), from, to, [...axes, last])
  }
}

interface Axis {
  readonly extent: number
  readonly from: number
  readonly to: number
}

const one: Axis = { extent: 1, from: 0, to: 0 }

/** Runs a copy kernel over the three innermost axes, and loops over the others. */
function inMatrices(
  list: Instruction[],
  kernel: Kernel,
  from: Address,
  to: Address,
  axes: readonly Axis[],
): void {
  const [outer, rows, columns] = [one, one, ...axes].slice(-3) as [Axis, Axis, Axis]
  const around = axes.slice(0, -3)
  const walkers = [
    { address: from, strides: around.map((axis) => axis.from) },
    { address: to, strides: around.map((axis) => axis.to) },
  ]
  const sizes = { outer: outer.extent, rows: rows.extent, columns: columns.extent }
  const steps = { fromOuter: outer.from, fromRow: rows.from, fromColumn: columns.from }
  const strides = { ...steps, toOuter: outer.to, toRow: rows.to, toColumn: columns.to }
  overAxes(
    list,
    around.map(({ extent }) => extent),
    walkers,
    (list, [from, to]) => call<string>(list, kernel, { ...sizes, ...strides, from: from!, to: to! }),
  )
}

/** Copies one number a row to all columns. */
function spread(
  list: Instruction[],
  from: Address,
  to: Address,
  axes: readonly Axis[],
  columns: number,
  dtype: DType,
): void {
  const rows = axes.at(-1) ?? one
  const around = axes.slice(0, -1)
  const kernel = map({
    inputs: [{ dtype, each: false }],
    steps: [],
    outputs: [{ value: 0, each: true }],
  })
  const walkers = [
    { address: from, strides: around.map((axis) => axis.from) },
    { address: to, strides: around.map((axis) => axis.to) },
  ]
  overAxes(
    list,
    around.map(({ extent }) => extent),
    walkers,
    (list, [from, to]) =>
      call<string>(list, kernel, {
        rows: rows.extent,
        columns,
        in0: from!,
        in0Row: rows.from,
        out0: to!,
        out0Row: rows.to,
      }),
  )
}

/** Writes one number everywhere. */
export function fill(list: Instruction[], to: Place, shape: Shape, dtype: DType, value: number): void {
  if (shape.includes(0)) return
  const size = bytesOf[dtype]
  const { shape: extents, strides } = collapsed(shape, [to.strides])
  const columns = strides.at(-1)?.[0] === size ? extents.pop()! : 1
  const rows = extents.pop() ?? 1
  const kernel = map({
    inputs: [],
    steps: [{ op: 'full', args: [], dtype, value }],
    outputs: [{ value: 0, each: true }],
  })
  const around = { address: to, strides: strides.slice(0, extents.length).map(([stride]) => stride!) }
  const out0Row = rows === 1 ? 0 : strides[extents.length]![0]!
  overAxes(list, extents, [around], (list, [out0]) =>
    call<string>(list, kernel, { rows, columns, out0: out0!, out0Row }),
  )
}
