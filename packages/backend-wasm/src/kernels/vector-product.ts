import { i32, int, type I32 } from '../emit/code.js'
import type { Local } from '../emit/function.js'
import { lanesOf, shuffleWords, zero, type Lanes } from '../emit/simd.js'
import { kernel, madd, type Level, type Writer } from './kernel.js'
import { loadLanes, storeLanes } from './memory.js'

/** Products with a vector: every number of the matrix is read once, in the order it has in memory. */

/** Rows of the matrix taken together, and vectors across them, as far as the registers go. */
const blockOf = (level: Level) => (level === 'wide' ? { height: 8, vectors: 4 } : { height: 4, vectors: 2 })

/**
 * c[n] = Σₖ a[k] · b[k, n], or += where `accumulate` is 1. Columns of b and c lie one after the other; `aStep` and `bRow`
 * are bytes along k.
 */
export function vectorTimesMatrix(dtype: Lanes['dtype']) {
  const names = ['k', 'n', 'a', 'aStep', 'b', 'bRow', 'c', 'accumulate'] as const
  return kernel(
    `vector times matrix ${dtype}`,
    names,
    (w, p) => {
      const { f } = w
      const lanes = lanesOf(dtype)
      const bytes = f.let('i32', i32.mul(p.n, lanes.size))
      const { height, vectors } = blockOf(w.level)
      // whole groups of rows, then row by row; the first of all overwrites c
      const group = (height: number) => {
        const left: Local<'v128'>[] = []
        const rows: Local<'i32'>[] = []
        for (let i = 0; i < height; i++) {
          left.push(f.let('v128', lanes.loadSplat(p.a)))
          rows.push(f.let('i32', p.b))
          f.advance(p.a, p.aStep)
          f.advance(p.b, p.bRow)
        }
        const at = f.let('i32', int(0))
        const step = (active: number, vectors: number) => {
          const part = { dtype, count: lanes.count, active }
          const to = f.let('i32', i32.add(p.c, at))
          const sums = Array.from({ length: vectors }, () => f.local('v128'))
          f.if(
            p.accumulate,
            () => sums.forEach((sum, v) => f.set(sum, loadLanes(part, to, 16 * v))),
            () => sums.forEach((sum) => f.set(sum, zero)),
          )
          rows.forEach((row, i) => {
            const from = f.let('i32', i32.add(row, at))
            sums.forEach((sum, v) =>
              f.set(sum, madd(w.level, lanes, left[i]!, loadLanes(part, from, 16 * v), sum)),
            )
          })
          sums.forEach((sum, v) => f.do(storeLanes(f, part, to, sum, 16 * v)))
        }
        const strip = 16 * vectors
        f.until(at, i32.and(bytes, -strip), strip, () => step(lanes.count, vectors))
        f.until(at, i32.and(bytes, -16), 16, () => step(lanes.count, 1))
        f.until(at, bytes, lanes.size, () => step(1, 1))
        f.set(p.accumulate, int(1))
      }
      const row = f.let('i32', int(0))
      f.until(row, i32.sub(p.k, height - 1), height, () => group(height))
      f.until(row, p.k, 1, () => group(1))
    },
    {
      sharing: {
        writes: ['c'],
        work: (of) => (of('n') * of('k') * lanesOf(dtype).size) / 48,
        cuts: () => [
          { count: 'n', grain: 16, steps: { b: 16 * lanesOf(dtype).size, c: 16 * lanesOf(dtype).size } },
        ],
      },
    },
  )
}

/**
 * c[m] = Σₖ a[m, k] · b[k], or += where `accumulate` is 1. Numbers along k lie one after the other; `aRow` and `cStep` are
 * bytes along m.
 */
export function matrixTimesVector(dtype: Lanes['dtype']) {
  const names = ['m', 'k', 'a', 'aRow', 'b', 'c', 'cStep', 'accumulate'] as const
  return kernel(
    `matrix times vector ${dtype}`,
    names,
    (w, p) => {
      const { f } = w
      const bytes = f.let('i32', i32.mul(p.k, lanesOf(dtype).size))
      const group = (height: number) => {
        const rows = Array.from({ length: height }, () => {
          const pointer = f.let('i32', p.a)
          f.advance(p.a, p.aRow)
          return pointer
        })
        for (const sum of dots(w, dtype, rows, p.b, bytes)) {
          storeDot(w, dtype, sum, p.c, p.accumulate)
          f.advance(p.c, p.cStep)
        }
      }
      const row = f.let('i32', int(0))
      f.until(row, i32.sub(p.m, 3), 4, () => group(4))
      f.until(row, p.m, 1, () => group(1))
    },
    {
      sharing: {
        writes: ['c'],
        work: (of) => (of('m') * of('k') * lanesOf(dtype).size) / 48,
        cuts: (of) => [{ count: 'm', grain: 4, steps: { a: 4 * of('aRow'), c: 4 * of('cStep') } }],
      },
    },
  )
}

/** The products of rows with one vector, lane by lane: the sum of the lanes is left to do. */
function dots(w: Writer, dtype: Lanes['dtype'], rows: readonly Local<'i32'>[], b: I32, bytes: I32) {
  const { f } = w
  const lanes = lanesOf(dtype)
  const sums = rows.map(() => f.let('v128', zero))
  const at = f.let('i32', int(0))
  const step = (active: number) => {
    const part = { dtype, count: lanes.count, active }
    const right = f.let('v128', loadLanes(part, i32.add(b, at)))
    rows.forEach((row, i) =>
      f.set(sums[i]!, madd(w.level, lanes, loadLanes(part, i32.add(row, at)), right, sums[i]!)),
    )
  }
  f.until(at, i32.and(bytes, -16), 16, () => step(lanes.count))
  f.until(at, bytes, lanes.size, () => step(1))
  return sums
}

function storeDot({ f }: Writer, dtype: Lanes['dtype'], sum: Local<'v128'>, to: I32, accumulate: I32): void {
  const lanes = lanesOf(dtype)
  const fold = (words: readonly number[]) => f.set(sum, lanes.add(sum, shuffleWords(sum, sum, words)))
  fold([2, 3, 0, 1])
  if (lanes.size === 4) fold([1, 0, 3, 2])
  const part = { dtype, count: lanes.count, active: 1 }
  f.if(accumulate, () => f.set(sum, lanes.add(sum, loadLanes(part, to))))
  f.do(storeLanes(f, part, to, sum))
}
