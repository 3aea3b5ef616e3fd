import type { Tensor } from '@tapeloop/core'
import { bytesOf } from '../kernels/memory.js'
import { product, tileColumns, tileRows } from '../kernels/product.js'
import { panelColumns, vectorTimesPanels } from '../kernels/vector-panels.js'
import { matrixTimesVector, vectorTimesMatrix } from '../kernels/vector-product.js'
import { attrsOf, type Node } from './graph.js'
import { call, fill, overAxes } from './move.js'
import { outermost, pack, packedOnce, type Hoist, type Matrix, type Sizes } from './packing.js'
import type { Address, Place } from './place.js'
import type { Instruction, Loop } from './plan.js'
import { rangesOf } from './rows.js'
import { placeOf, rowMajorOf, settle, wanted, type Scope } from './scope.js'

/** Adds a matrix product: packed operands and tiles, or one pass over the matrix where the other side is a vector. */
export function emitProduct(scope: Scope, node: Node): void {
  const [a, b] = node.inputs as readonly [Tensor, Tensor]
  const [y] = node.outputs as readonly [Tensor]
  const { transposeA, transposeB } = attrsOf(node, 'matmul')!
  const [m, n] = [y.shape.at(-2)!, y.shape.at(-1)!]
  const k = a.shape.at(transposeA ? -2 : -1)!
  const dtype = y.dtype as 'float32' | 'float64'
  const sizes: Sizes = { m, k, n, size: bytesOf[dtype] as 4 | 8, dtype }
  const to = wanted(scope, y, (place) => n === 1 || place.strides.at(-1) === sizes.size)
  if (y.size > 0 && k === 0) fill(scope.list, to, y.shape, dtype, 0)
  else if (y.size > 0) {
    const left = matrixOf(scope, a, transposeA, sizes)
    const right = matrixOf(scope, b, transposeB, sizes)
    const lead = y.shape.slice(0, -2)
    const isOne = lead.every((extent) => extent === 1)
    const walkers = [left, right, { address: to, strides: to.strides }].map(({ address, strides }) => ({
      address,
      strides: isOne ? [] : strides.slice(0, -2),
    }))
    overAxes(scope.list, isOne ? [] : lead, walkers, (list, [atA, atB, atC]) => {
      const c = { address: atC!, row: to.strides.at(-2)!, column: to.strides.at(-1)! }
      const hoist = isOne ? { scope, tensor: b } : null
      multiply(scope, list, { ...left, address: atA! }, { ...right, address: atB! }, c, sizes, hoist)
    })
  }
  settle(scope, y, to)
}

/** An operand, laid out anew if its numbers follow one another along neither axis. */
function matrixOf(scope: Scope, tensor: Tensor, transposed: boolean, { size }: Sizes) {
  const see = (place: Place) => {
    const { shape, strides } = { shape: tensor.shape, strides: place.strides }
    const along = (axis: number) => (shape.at(axis) === 1 ? size : strides.at(axis)!)
    const [row, column] = transposed ? [along(-1), along(-2)] : [along(-2), along(-1)]
    return { address: place, row, column, strides }
  }
  const seen = see(placeOf(scope, tensor))
  return seen.row === size || seen.column === size ? seen : see(rowMajorOf(scope, tensor))
}

function multiply(
  scope: Scope,
  list: Instruction[],
  a: Matrix,
  b: Matrix,
  c: Matrix,
  sizes: Sizes,
  hoist: Hoist | null,
): void {
  const { m, n, size } = sizes
  const outside = hoist && outermost(hoist, b.address)
  if (m === 1 && outside && outside.scope !== scope) rowTimesPanels(scope, list, outside, a, b, c, sizes)
  else if (m === 1 && b.column === size) rowTimes(list, a, b, c, sizes)
  else if (n === 1 && a.column === size && b.row === size) timesColumn(list, a, b, c, sizes)
  else if (m === 1 && a.column === size)
    timesColumn(list, turned(b), turned(a), turned(c), { ...sizes, m: n, n: 1 })
  else if (n === 1 && a.row === size && c.row === size)
    rowTimes(list, turned(b), turned(a), turned(c), { ...sizes, m: 1, n: m })
  else tiles(scope, list, a, b, c, sizes, outside)
}

const turned = ({ address, row, column }: Matrix): Matrix => ({ address, row: column, column: row })

/** A vector meets the same matrix in every round of a loop: it repays packing. */
function rowTimesPanels(
  scope: Scope,
  list: Instruction[],
  outside: Hoist,
  a: Matrix,
  b: Matrix,
  c: Matrix,
  sizes: Sizes,
): void {
  const { k, n, dtype } = sizes
  const width = panelColumns(dtype, scope.shared.level)
  const panels = packedOnce(outside, list, b, k, n, width, sizes)
  call(list, vectorTimesPanels(dtype), { n, k, a: a.address, aStep: a.column, b: panels, c: c.address })
}

function rowTimes(list: Instruction[], a: Matrix, b: Matrix, c: Matrix, { k, n, dtype }: Sizes): void {
  call(list, vectorTimesMatrix(dtype), {
    k,
    n,
    a: a.address,
    aStep: a.column,
    b: b.address,
    bRow: b.row,
    c: c.address,
    accumulate: 0,
  })
}

function timesColumn(list: Instruction[], a: Matrix, b: Matrix, c: Matrix, { m, k, dtype }: Sizes): void {
  call(list, matrixTimesVector(dtype), {
    m,
    k,
    a: a.address,
    aRow: a.row,
    b: b.address,
    c: c.address,
    cStep: c.row,
    accumulate: 0,
  })
}

/** Rows of A that repay packing B for them alone. */
const rowsWorthPacking = 16
/** From this many rows on, columns of A lie so far apart that they are packed. */
const rowsReadUnpacked = 32
/** Blocks in which deep operands are packed, so that what is packed is still in the second cache when it is read. */
const depthPacked = 256
const columnsPacked = 512

function tiles(
  scope: Scope,
  list: Instruction[],
  a: Matrix,
  b: Matrix,
  c: Matrix,
  sizes: Sizes,
  outside: Hoist | null,
): void {
  const { m, k, n, size, dtype } = sizes
  const width = tileColumns(dtype, scope.shared.level)
  const isTransposed = b.column !== size
  const isHoisted = outside !== null && outside.scope !== scope
  const isPacked = isTransposed || m >= rowsWorthPacking || isHoisted
  const reading = a.column === size ? 'rows' : 'columns'
  const packsA = reading === 'columns' && m > rowsReadUnpacked && n > tileRows
  const leftOf = (list: Instruction[], a: Matrix, k: number, m: number) =>
    packsA ? pack(list, turned(a), k, m, tileRows, sizes) : a.address
  const part = (
    list: Instruction[],
    left: Address,
    right: Matrix,
    c: Matrix,
    { m, k, n }: Pick<Sizes, 'm' | 'k' | 'n'>,
    adds: boolean,
  ) =>
    call(list, product(dtype, reading), {
      m,
      n,
      k,
      a: left,
      aRow: reading === 'rows' ? a.row : packsA ? k * tileRows * size : tileRows * size,
      aStep: packsA ? tileRows * size : a.column,
      b: right.address,
      bPanel: isPacked ? k * width * size : width * size,
      bStep: isPacked ? width * size : b.row,
      c: c.address,
      cRow: c.row,
      accumulate: adds ? 1 : 0,
    })
  if (!isPacked || isHoisted || k * Math.min(n, columnsPacked) <= 2 * depthPacked * columnsPacked) {
    const address = isPacked ? packedOnce(outside, list, b, k, n, width, sizes) : b.address
    part(list, leftOf(list, a, k, m), { ...b, address }, c, sizes, false)
    return
  }
  const blocks = (list: Instruction[], a: Matrix, b: Matrix, c: Matrix, m: number, n: number) =>
    inBlocks(list, k, depthPacked, (list, along, k, isFirst) => {
      const left = leftOf(list, along(a, a.column), k, m)
      inBlocks(list, n, columnsPacked, (list, across, n) => {
        const block = across(along(b, b.row), b.column)
        const address = pack(list, block, k, n, width, sizes)
        part(list, left, { ...block, address }, across(c, c.column), { m, k, n }, !isFirst)
      })
    })
  // each thread goes through all blocks of its own columns or rows, and need not wait for another
  const threads = list === scope.list ? scope.shared.threads.count : 1
  const byColumns = n >= m
  const ranges = byColumns ? rangesOf(n, width, threads) : rangesOf(m, tileRows, threads)
  if (ranges.length < 2) return blocks(list, a, b, c, m, n)
  const parts = ranges.map(({ first, count }) => {
    const own: Instruction[] = []
    if (byColumns) blocks(own, a, shifted(b, first * b.column), shifted(c, first * c.column), m, count)
    else blocks(own, shifted(a, first * a.row), b, shifted(c, first * c.row), count, n)
    return own
  })
  list.push({ kind: 'together', parts })
}

const shifted = ({ address, ...strides }: Matrix, bytes: number): Matrix => ({
  ...strides,
  address: { ...address, offset: address.offset + bytes },
})

/** Leads to the block of a matrix that a round is about, given the bytes from one row (or column) to the next. */
type Along = (matrix: Matrix, stride: number) => Matrix

/** Goes through rows or columns in blocks of at most so many: the first, a loop over the others, and what is left. */
function inBlocks(
  list: Instruction[],
  extent: number,
  most: number,
  emit: (list: Instruction[], along: Along, extent: number, isFirst: boolean) => void,
): void {
  const from = (start: number): Along => {
    return (matrix, stride) => shifted(matrix, start * stride)
  }
  emit(list, from(0), Math.min(extent, most), true)
  const loop: Loop = { kind: 'loop', count: Math.floor(extent / most) - 1, body: [] }
  if (loop.count > 0) {
    const along: Along = (matrix, stride) => {
      const { address, ...rest } = from(most)(matrix, stride)
      return { ...rest, address: { ...address, moves: new Map([...address.moves, [loop, most * stride]]) } }
    }
    emit(loop.body, along, most, false)
    list.push(loop)
  }
  const done = Math.max(1, loop.count + 1) * most
  if (done < extent) emit(list, from(done), extent - done, false)
}
