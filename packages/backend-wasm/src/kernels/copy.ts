import { i32, int, type I32 } from '../emit/code.js'
import type { Local } from '../emit/function.js'
import { shuffleWords, v128 } from '../emit/simd.js'
import { kernel, type Cut, type Sharing, type Words, type Writer } from './kernel.js'

/**
 * Kernels that move numbers of 1, 4 or 8 bytes: `outer` matrices of `rows` × `columns`. Strides are in bytes; `fromOuter`
 * and `toOuter` lead from one matrix to the next.
 */
export type ElementSize = 1 | 4 | 8

const sizes = ['outer', 'rows', 'columns', 'from', 'to', 'fromOuter', 'toOuter'] as const

/** Besides what a kernel says, its matrices can be shared out. */
function sharingOf(cuts: (of: Words) => readonly Cut[]): Sharing {
  return {
    writes: ['to'],
    work: (of) => 0.4 * of('outer') * of('rows') * of('columns'),
    cuts: (of) => [
      { count: 'outer', grain: 1, steps: { from: of('fromOuter'), to: of('toOuter') } },
      ...cuts(of),
    ],
  }
}

const byRows = (of: Words): Cut => ({
  count: 'rows',
  grain: 1,
  steps: { from: of('fromRow'), to: of('toRow') },
})

/** Rows whose numbers lie one after the other, on both sides. */
export function copyRows(size: ElementSize) {
  return kernel(
    `copy rows ${size}`,
    [...sizes, 'fromRow', 'toRow'],
    (w, p) => {
      const { f } = w
      const bytes = f.let('i32', i32.mul(p.columns, size))
      const vectors = f.let('i32', i32.and(bytes, -16))
      eachMatrix(w, p, (from, to) => {
        f.count(p.rows, 1, () => {
          const at = f.let('i32', int(0))
          f.until(at, vectors, 16, () => f.do(v128.store(i32.add(to, at), v128.load(i32.add(from, at)))))
          f.until(at, bytes, size, () => copyOne(w, size, i32.add(from, at), i32.add(to, at)))
          f.advance(from, p.fromRow)
          f.advance(to, p.toRow)
        })
      })
    },
    {
      sharing: sharingOf((of) => [
        byRows(of),
        { count: 'columns', grain: 16, steps: { from: 16 * size, to: 16 * size } },
      ]),
    },
  )
}

/** Rows of exactly so many vectors, as packed matrices have them; `columns` is not looked at. */
export function copyVectors(vectors: 1 | 2 | 4) {
  return kernel(
    `copy vectors ${vectors}`,
    [...sizes, 'fromRow', 'toRow'],
    (w, p) => {
      const { f } = w
      eachMatrix(w, p, (from, to) => {
        f.count(p.rows, 1, () => {
          for (let v = 0; v < vectors; v++) f.do(v128.store(to, v128.load(from, 16 * v), 16 * v))
          f.advance(from, p.fromRow)
          f.advance(to, p.toRow)
        })
      })
    },
    { sharing: sharingOf((of) => [byRows(of)]) },
  )
}

/** Any stride along both axes, on both sides. */
export function copyStrided(size: ElementSize) {
  const names = [...sizes, 'fromRow', 'toRow', 'fromColumn', 'toColumn'] as const
  return kernel(
    `copy strided ${size}`,
    names,
    (w, p) => {
      const { f } = w
      eachMatrix(w, p, (from, to) => {
        const [source, target] = [f.local('i32'), f.local('i32')]
        f.count(p.rows, 1, () => {
          f.set(source, from)
          f.set(target, to)
          f.count(p.columns, 1, () => {
            copyOne(w, size, source, target)
            f.advance(source, p.fromColumn)
            f.advance(target, p.toColumn)
          })
          f.advance(from, p.fromRow)
          f.advance(to, p.toRow)
        })
      })
    },
    {
      sharing: sharingOf((of) => [
        byRows(of),
        { count: 'columns', grain: 1, steps: { from: of('fromColumn'), to: of('toColumn') } },
      ]),
    },
  )
}

/**
 * to[column, row] = from[row, column], by squares held in registers. Columns lie one after the other in `from`, rows in
 * `to`.
 */
export function copyTransposed(size: 4 | 8) {
  return kernel(
    `copy transposed ${size}`,
    [...sizes, 'fromRow', 'toColumn'],
    (w, p) => {
      const { f } = w
      const side = 16 / size
      const wholeRows = f.let('i32', i32.and(p.rows, -side))
      const wholeColumns = f.let('i32', i32.and(p.columns, -side))
      const one = (from: Local<'i32'>, to: Local<'i32'>, row: Local<'i32'>, column: Local<'i32'>) => {
        const source = i32.add(from, i32.add(i32.mul(row, p.fromRow), i32.mul(column, size)))
        const target = i32.add(to, i32.add(i32.mul(column, p.toColumn), i32.mul(row, size)))
        copyOne(w, size, source, target)
      }
      eachMatrix(w, p, (from, to) => {
        const row = f.let('i32', int(0))
        const column = f.local('i32')
        const [source, target] = [f.local('i32'), f.local('i32')]
        f.until(row, wholeRows, side, () => {
          f.set(column, int(0))
          f.set(source, i32.add(from, i32.mul(row, p.fromRow)))
          f.set(target, i32.add(to, i32.mul(row, size)))
          f.until(column, wholeColumns, side, () => {
            transposeSquare(w, size, source, p.fromRow, target, p.toColumn)
            f.advance(source, 16)
            f.advance(target, i32.mul(p.toColumn, side))
          })
          f.until(column, p.columns, 1, () => {
            for (let i = 0; i < side; i++) one(from, to, f.let('i32', i32.add(row, i)), column)
          })
        })
        f.until(row, p.rows, 1, () => {
          f.set(column, int(0))
          f.until(column, p.columns, 1, () => one(from, to, row, column))
        })
      })
    },
    {
      sharing: sharingOf((of) => [
        { count: 'columns', grain: 16, steps: { from: 16 * size, to: 16 * of('toColumn') } },
        { count: 'rows', grain: 16, steps: { from: 16 * of('fromRow'), to: 16 * size } },
      ]),
    },
  )
}

function transposeSquare(
  { f }: Writer,
  size: 4 | 8,
  from: Local<'i32'>,
  fromRow: Local<'i32'>,
  to: Local<'i32'>,
  toColumn: Local<'i32'>,
): void {
  const side = 16 / size
  const rows: Local<'v128'>[] = []
  const source = f.let('i32', from)
  for (let i = 0; i < side; i++) {
    rows.push(f.let('v128', v128.load(source)))
    f.advance(source, fromRow)
  }
  const target = f.let('i32', to)
  for (const column of size === 4 ? columnsOf4(f, rows) : columnsOf2(rows)) {
    f.do(v128.store(target, column))
    f.advance(target, toColumn)
  }
}

function columnsOf2([a, b]: readonly Local<'v128'>[]) {
  return [shuffleWords(a!, b!, [0, 1, 4, 5]), shuffleWords(a!, b!, [2, 3, 6, 7])]
}

function columnsOf4(f: Writer['f'], [a, b, c, d]: readonly Local<'v128'>[]) {
  const zip = (x: Local<'v128'>, y: Local<'v128'>, words: readonly number[]) =>
    f.let('v128', shuffleWords(x, y, words))
  const [lowAb, lowCd] = [zip(a!, b!, [0, 4, 1, 5]), zip(c!, d!, [0, 4, 1, 5])]
  const [highAb, highCd] = [zip(a!, b!, [2, 6, 3, 7]), zip(c!, d!, [2, 6, 3, 7])]
  return [...columnsOf2([lowAb, lowCd]), ...columnsOf2([highAb, highCd])]
}

function eachMatrix(
  { f }: Writer,
  p: Readonly<Record<(typeof sizes)[number], Local<'i32'>>>,
  body: (from: Local<'i32'>, to: Local<'i32'>) => void,
): void {
  const [from, to] = [f.local('i32'), f.local('i32')]
  f.count(p.outer, 1, () => {
    f.set(from, p.from)
    f.set(to, p.to)
    body(from, to)
    f.advance(p.from, p.fromOuter)
    f.advance(p.to, p.toOuter)
  })
}

/** One number from address to address. */
export function copyOne({ f }: Writer, size: ElementSize, from: I32, to: I32): void {
  if (size === 1) f.do(i32.store8(to, i32.load8(from)))
  else if (size === 4) f.do(i32.store(to, i32.load(from)))
  else f.do(v128.store64Lane(to, v128.load64Zero(from), 0))
}
