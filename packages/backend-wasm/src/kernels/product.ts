import { choose, i32, type I32, type V128 } from '../emit/code.js'
import type { FunctionWriter, Local } from '../emit/function.js'
import type { ModuleWriter, Procedure } from '../emit/module.js'
import { lanesOf, v128, type Lanes } from '../emit/simd.js'
import { kernel, madd, type Level, type Sharing } from './kernel.js'

/**
 * Rows of a tile, and vectors across it. V8 keeps 4 × 2 vectors of sums in its 16 registers and spills more; at 256 bits
 * a pair of vectors is one register.
 */
export const tileRows = 4
const tileVectors = (level: Level) => (level === 'wide' ? 4 : 2)

/** Columns of a tile: the width of a packed panel of B. */
export function tileColumns(dtype: Lanes['dtype'], level: Level): number {
  return lanesOf(dtype).count * tileVectors(level)
}

/** A panel of B of this depth stays in the first cache, and this many rows of A in the second. */
const depthOfBlock = 256
const rowsOfBlock = 128

/** How the product reads A: `rows` along contiguous rows, `columns` 4 rows at a time from contiguous columns. */
export type Reading = 'rows' | 'columns'

/**
 * c[m, n] = a[m, k] · b[k, n], or += where `accumulate` is 1; k ≥ 1. Strides in bytes: `aRow` from row to row (reading
 * rows) or from one group of 4 rows to the next (reading columns), `aStep` and `bStep` along k, `bPanel` from one panel of
 * `tileColumns` columns of B to the next, `cRow` along m. Reads up to one tile beyond the ends of a, b and c.
 */
export function product(dtype: Lanes['dtype'], reading: Reading) {
  return kernel(
    `product ${dtype} ${reading}`,
    ['m', 'n', 'k', 'a', 'aRow', 'aStep', 'b', 'bPanel', 'bStep', 'c', 'cRow', 'accumulate'],
    ({ f, m, level }, p) => {
      const lanes = lanesOf(dtype)
      const tile = tileFunction(m, lanes, reading, level)
      const width = tileColumns(dtype, level)
      const groupOfRows = f.let('i32', reading === 'rows' ? i32.mul(p.aRow, tileRows) : p.aRow)
      const pointer = () => f.local('i32')
      const [aBlock, cBlock, aTile, bTile, cTile] = [pointer(), pointer(), pointer(), pointer(), pointer()]
      f.count(p.k, depthOfBlock, (from) => {
        const depth = f.let('i32', smaller(i32.sub(p.k, from), depthOfBlock))
        const adds = f.let('i32', i32.or(p.accumulate, i32.gt(from, 0)))
        f.set(aBlock, i32.add(p.a, i32.mul(from, p.aStep)))
        f.set(cBlock, p.c)
        f.count(p.m, rowsOfBlock, (top) => {
          const height = f.let('i32', smaller(i32.sub(p.m, top), rowsOfBlock))
          f.set(bTile, i32.add(p.b, i32.mul(from, p.bStep)))
          f.count(p.n, width, (column) => {
            f.set(aTile, aBlock)
            f.set(cTile, i32.add(cBlock, i32.mul(column, lanes.size)))
            f.count(height, tileRows, (row) => {
              const inside = [i32.sub(height, row), i32.sub(p.n, column)] as const
              f.do(tile(aTile, p.aRow, p.aStep, bTile, p.bStep, cTile, p.cRow, depth, ...inside, adds))
              f.advance(aTile, groupOfRows)
              f.advance(cTile, i32.mul(p.cRow, tileRows))
            })
            f.advance(bTile, p.bPanel)
          })
          f.advance(aBlock, i32.mul(groupOfRows, rowsOfBlock / tileRows))
          f.advance(cBlock, i32.mul(p.cRow, rowsOfBlock))
        })
      })
    },
    { sharing: sharingOf(dtype, reading) },
  )
}

function sharingOf(dtype: Lanes['dtype'], reading: Reading): Sharing {
  return {
    writes: ['c'],
    work: (of) => (of('m') * of('n') * of('k') * lanesOf(dtype).size) / 64,
    cuts(of, level) {
      const width = tileColumns(dtype, level)
      const group = reading === 'rows' ? tileRows * of('aRow') : of('aRow')
      return [
        { count: 'm', grain: tileRows, steps: { a: group, c: tileRows * of('cRow') } },
        { count: 'n', grain: width, steps: { b: of('bPanel'), c: width * lanesOf(dtype).size } },
      ]
    },
  }
}

const int = 'i32'
/** a, aRow, aStep, b, bStep, c, cRow, k, rows, columns, adds */
const tileParameters = [int, int, int, int, int, int, int, int, int, int, int] as const

/** One tile of sums over `k`, kept in registers. `rows` and `columns` say how much of it is inside the matrix. */
function tileFunction(m: ModuleWriter, lanes: Lanes, reading: Reading, level: Level): Procedure {
  const vectors = Array.from({ length: tileVectors(level) }, (_, j) => j)
  const rowNumbers = Array.from({ length: tileRows }, (_, i) => i)
  return m.function(tileParameters, (f, [a, aRow, aStep, b, bStep, c, cRow, k, rows, columns, adds]) => {
    const sums = rowNumbers.map(() => vectors.map(() => f.local('v128')))
    const aRows = reading === 'rows' ? rowPointers(f, a, aRow, rows) : null
    f.while(k, () => {
      const right = vectors.map((j) => f.let('v128', v128.load(b, 16 * j)))
      sums.forEach((row, i) => {
        const left = f.let('v128', aRows ? lanes.loadSplat(aRows[i]!) : lanes.loadSplat(a, lanes.size * i))
        row.forEach((sum, j) => f.set(sum, madd(level, lanes, left, right[j]!, sum)))
      })
      if (aRows) aRows.forEach((pointer) => f.advance(pointer, lanes.size))
      else f.advance(a, aStep)
      f.advance(b, bStep)
      f.advance(k, -1)
    })
    storeTile(f, lanes, sums, { cRows: rowPointers(f, c, cRow, rows), rows, columns, adds })
  })
}

interface Place {
  readonly cRows: readonly Local<'i32'>[]
  readonly rows: Local<'i32'>
  readonly columns: Local<'i32'>
  readonly adds: Local<'i32'>
}

/** Writes the sums; of a tile that hangs over the edge, only what is inside. */
function storeTile(f: FunctionWriter, lanes: Lanes, sums: Local<'v128'>[][], place: Place): void {
  const { cRows, rows, columns, adds } = place
  const each = (visit: (sum: Local<'v128'>, to: Local<'i32'>, offset: number) => void) =>
    sums.forEach((row, i) => row.forEach((sum, j) => visit(sum, cRows[i]!, 16 * j)))
  f.if(adds, () => each((sum, to, offset) => f.set(sum, lanes.add(sum, v128.load(to, offset)))))
  const width = sums[0]!.length * lanes.count
  f.if(
    i32.and(i32.ge(rows, tileRows), i32.ge(columns, width)),
    () => each((sum, to, offset) => f.do(v128.store(to, sum, offset))),
    () => sums.forEach((row, i) => f.if(i32.gt(rows, i), () => storeRow(f, lanes, row, cRows[i]!, columns))),
  )
}

/** Stores the vectors of a row as far as the columns go. */
export function storeRow(f: FunctionWriter, lanes: Lanes, row: readonly V128[], to: I32, columns: I32): void {
  const storeLane = lanes.size === 4 ? v128.store32Lane : v128.store64Lane
  row.forEach((sum, j) => {
    for (let lane = 0; lane < lanes.count; lane++) {
      const column = j * lanes.count + lane
      f.if(i32.gt(columns, column), () => f.do(storeLane(to, sum, lane, column * lanes.size)))
    }
  })
}

/** Addresses of the rows of a tile; a row outside the matrix is read as the one before it. */
function rowPointers(f: FunctionWriter, first: Local<'i32'>, stride: Local<'i32'>, rows: Local<'i32'>) {
  const pointers = [first]
  for (let i = 1; i < tileRows; i++) {
    const before = pointers[i - 1]!
    pointers.push(f.let('i32', choose(i32.gt(rows, i), i32.add(before, stride), before)))
  }
  return pointers
}

function smaller(a: I32, b: number) {
  return choose(i32.lt(a, b), i32.add(a, 0), i32.add(b, 0))
}
