import { i32, int, type I32 } from '../emit/code.js'
import type { Local } from '../emit/function.js'
import { f32x4, f64x2, i32x4, v128 } from '../emit/simd.js'
import { copyOne, type ElementSize } from './copy.js'
import { kernel, type Sharing, type Writer } from './kernel.js'
import { loadLanes, storeLanes } from './memory.js'

/**
 * Kernels that go where int32 indices say. An index outside its axis is never followed: it is written to the *fault
 * record* at `fault`, unless that holds one already, and the kernel goes on as if it were 0.
 *
 * Fault record: who (the parameter `id`, not 0), the index, the extent; int32 each.
 */
export const faultWords = 3
/** Bytes from the fault record of a thread to that of the next. */
export const faultBytes = 64

const faults = ['fault', 'id'] as const

/** y[i] = x[indices[i]]: rows of `columns` numbers, `extent` of them in x. */
export function takeRows(size: ElementSize) {
  const names = ['count', 'columns', 'x', 'extent', 'indices', 'y', ...faults] as const
  return kernel(
    `take rows ${size}`,
    names,
    (w, p) => {
      const { f } = w
      const bytes = f.let('i32', i32.mul(p.columns, size))
      const vectors = f.let('i32', i32.and(bytes, -16))
      f.count(p.count, 1, () => {
        const index = checkedIndex(w, p)
        const from = f.let('i32', i32.add(p.x, i32.mul(index, bytes)))
        const at = f.let('i32', int(0))
        f.until(at, vectors, 16, () => f.do(v128.store(i32.add(p.y, at), v128.load(i32.add(from, at)))))
        f.until(at, bytes, size, () => copyOne(w, size, i32.add(from, at), i32.add(p.y, at)))
        f.advance(p.y, bytes)
      })
    },
    {
      sharing: {
        writes: ['y'],
        work: (of) => of('count') * (5 + 0.2 * of('columns')),
        cuts: (of) => [{ count: 'count', grain: 1, steps: { indices: 4, y: of('columns') * size } }],
      },
    },
  )
}

/**
 * y[indices[i]] += x[i], in the order of i: rows of `columns` numbers, `extent` of them in y, which starts at 0. `row` is
 * bytes from row to row of x and of y.
 */
export function addRows(dtype: 'float32' | 'float64' | 'int32') {
  const names = ['count', 'columns', 'row', 'x', 'indices', 'y', 'extent', ...faults] as const
  return kernel(
    `add rows ${dtype}`,
    names,
    (w, p) => {
      const { f } = w
      const { add, size } = addition(dtype)
      const bytes = f.let('i32', i32.mul(p.columns, size))
      const vectors = f.let('i32', i32.and(bytes, -16))
      const start = f.let('i32', p.y)
      f.count(p.extent, 1, () => {
        f.do(fillZero(start, bytes))
        f.advance(start, p.row)
      })
      f.count(p.count, 1, () => {
        const index = checkedIndex(w, p)
        const to = f.let('i32', i32.add(p.y, i32.mul(index, p.row)))
        const at = f.let('i32', int(0))
        const step = (active: number) => {
          const part = { dtype, count: 16 / size, active }
          const target = f.let('i32', i32.add(to, at))
          const sum = f.let('v128', add(loadLanes(part, target), loadLanes(part, i32.add(p.x, at))))
          f.do(storeLanes(f, part, target, sum))
        }
        f.until(at, vectors, 16, () => step(16 / size))
        f.until(at, bytes, size, () => step(1))
        f.advance(p.x, p.row)
      })
    },
    {
      sharing: {
        writes: ['y'],
        work: (of) => of('count') * (5 + 0.3 * of('columns')),
        cuts: () => [
          {
            count: 'columns',
            grain: 16,
            steps: { x: 16 * addition(dtype).size, y: 16 * addition(dtype).size },
          },
        ],
      },
    },
  )
}

/** Rows of x and y, given which parameter says how long they are. */
function sharingOfRows({ x, y }: Readonly<Record<'x' | 'y', string>>, size: number): Sharing {
  return {
    writes: ['y'],
    work: (of) => of('rows') * (of('columns') * 5 + of(y) * 0.1),
    cuts: (of) => [
      {
        count: 'rows',
        grain: 1,
        steps: { x: of(x) * size, y: of(y) * size, indices: of('columns') * 4 },
      },
    ],
  }
}

/** y[row, j] = x[row, indices[row, j]]: `extent` numbers in a row of x, `columns` in one of y. */
export function pickColumns(size: ElementSize) {
  const names = ['rows', 'columns', 'x', 'extent', 'indices', 'y', ...faults] as const
  return kernel(
    `pick columns ${size}`,
    names,
    (w, p) => {
      const { f } = w
      f.count(p.rows, 1, () => {
        f.count(p.columns, 1, () => {
          const index = checkedIndex(w, p)
          copyOne(w, size, i32.add(p.x, i32.mul(index, size)), p.y)
          f.advance(p.y, size)
        })
        f.advance(p.x, i32.mul(p.extent, size))
      })
    },
    { sharing: sharingOfRows({ x: 'extent', y: 'columns' }, size) },
  )
}

/** y[row, indices[row, j]] += x[row, j]: `extent` numbers in a row of y, which starts at 0, `columns` in one of x. */
export function placeColumns(dtype: 'float32' | 'float64' | 'int32') {
  const names = ['rows', 'columns', 'x', 'indices', 'y', 'extent', ...faults] as const
  return kernel(
    `place columns ${dtype}`,
    names,
    (w, p) => {
      const { f } = w
      const { add, size } = addition(dtype)
      const part = { dtype, count: 16 / size, active: 1 }
      const bytes = f.let('i32', i32.mul(p.extent, size))
      f.do(fillZero(p.y, i32.mul(p.rows, bytes)))
      f.count(p.rows, 1, () => {
        f.count(p.columns, 1, () => {
          const index = checkedIndex(w, p)
          const to = f.let('i32', i32.add(p.y, i32.mul(index, size)))
          const sum = f.let('v128', add(loadLanes(part, to), loadLanes(part, p.x)))
          f.do(storeLanes(f, part, to, sum))
          f.advance(p.x, size)
        })
        f.advance(p.y, bytes)
      })
    },
    { sharing: sharingOfRows({ x: 'columns', y: 'extent' }, addition(dtype).size) },
  )
}

/** The index where `indices` stands, which is advanced; 0 in place of one outside the extent. */
function checkedIndex(
  { f }: Writer,
  p: Readonly<Record<'indices' | 'extent' | 'fault' | 'id', Local<'i32'>>>,
): Local<'i32'> {
  const index = f.let('i32', i32.load(p.indices))
  f.advance(p.indices, 4)
  f.if(i32.geUnsigned(index, p.extent), () => {
    f.if(i32.eqz(i32.load(p.fault)), () => {
      f.do(i32.store(p.fault, p.id))
      f.do(i32.store(p.fault, index, 4))
      f.do(i32.store(p.fault, p.extent, 8))
    })
    f.set(index, int(0))
  })
  return index
}

function addition(dtype: 'float32' | 'float64' | 'int32') {
  if (dtype === 'float64') return { add: f64x2.add, size: 8 as const }
  return { add: dtype === 'float32' ? f32x4.add : i32x4.add, size: 4 as const }
}

/** memory.fill */
function fillZero(address: I32, bytes: I32) {
  return [...int(address), ...int(0), ...int(bytes), 0xfc, 11, 0]
}
