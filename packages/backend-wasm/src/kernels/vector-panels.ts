import { i32, int } from '../emit/code.js'
import { lanesOf, v128, zero, type Lanes } from '../emit/simd.js'
import { kernel, madd, type Level } from './kernel.js'
import { storeRow } from './product.js'

/** As many sums as one vector unit needs to be busy while each of them waits for its last addition. */
const vectorsOf = (level: Level) => (level === 'wide' ? 12 : 6)

/** Columns of a panel of the matrix. */
export function panelColumns(dtype: Lanes['dtype'], level: Level): number {
  return lanesOf(dtype).count * vectorsOf(level)
}

/**
 * c[n] = Σₖ a[k] · b[k, n], where b is packed in panels of `panelColumns` columns, each with its k rows one after the
 * other: worth its while where one matrix meets many vectors. `aStep` is bytes along k. Writes the n columns alone.
 */
export function vectorTimesPanels(dtype: Lanes['dtype']) {
  const names = ['n', 'k', 'a', 'aStep', 'b', 'c'] as const
  return kernel(
    `vector times panels ${dtype}`,
    names,
    ({ f, level }, p) => {
      const lanes = lanesOf(dtype)
      const columns = panelColumns(dtype, level)
      const sums = Array.from({ length: vectorsOf(level) }, () => f.local('v128'))
      const [a, k] = [f.local('i32'), f.local('i32')]
      f.count(p.n, columns, (column) => {
        f.set(a, p.a)
        f.set(k, p.k)
        for (const sum of sums) f.set(sum, zero)
        f.while(k, () => {
          const left = f.let('v128', lanes.loadSplat(a))
          sums.forEach((sum, v) => f.set(sum, madd(level, lanes, left, v128.load(p.b, 16 * v), sum)))
          f.advance(a, p.aStep)
          f.advance(p.b, int(16 * sums.length))
          f.advance(k, int(-1))
        })
        const inside = f.let('i32', i32.sub(p.n, column))
        f.if(
          i32.ge(inside, columns),
          () => sums.forEach((sum, v) => f.do(v128.store(p.c, sum, 16 * v))),
          () => storeRow(f, lanes, sums, p.c, inside),
        )
        f.advance(p.c, int(columns * lanes.size))
      })
    },
    {
      sharing: {
        writes: ['c'],
        work: (of) => (of('n') * of('k') * lanesOf(dtype).size) / 48,
        cuts(of, level) {
          const grain = panelColumns(dtype, level)
          const bytes = grain * lanesOf(dtype).size
          return [{ count: 'n', grain, steps: { b: bytes * of('k'), c: bytes } }]
        },
      },
    },
  )
}
