/** Products of the shapes that recurrent networks need. */
import { compile, scan, tensor, type Backend, type Tensor } from '@tapeloop/core'
import type { Case } from '../protocol.js'
import type { Workload } from '../serve.js'

/** What a case says of a product. */
interface ProductCase {
  readonly product: string
  readonly hidden: number
  readonly batch: number
  readonly time: number
}

const productCase = (of: Case): ProductCase =>
  ({ batch: 32, time: 64, ...of }) as Partial<ProductCase> as ProductCase

/** Single products a case consists of, [m, k]·[k, n] each, and how often. */
function sizesOf({ product, hidden: H, batch, time }: ProductCase) {
  if (product === 'recurrent') return { m: batch, k: H, n: 4 * H, count: 2 * time }
  if (product === 'vector') return { m: 1, k: H, n: 4 * H, count: 2 * time }
  if (product === 'input') return { m: batch * time, k: H, n: 4 * H, count: 1 }
  if (product === 'input-gradient') return { m: batch * time, k: 4 * H, n: H, count: 1 }
  return { m: H, k: batch * time, n: 4 * H, count: 1 } // weight-gradient
}

/** Multiplications and additions of one run. */
export function operationsOf(of: Case): number {
  const { m, k, n, count } = sizesOf(productCase(of))
  return 2 * m * k * n * count
}

/**
 * The product of a case. `recurrent` and `vector` go forward and backward, h·W·Wᵀ, each on the result of the one before,
 * as in the loops of training and of sampling. The large ones run alone, in place of the result before, so that nothing is
 * copied.
 */
export function productWorkload(of: Case, backend: Backend): Workload {
  const given = productCase(of)
  const { m, k, n, count } = sizesOf(given)
  const program = `the backend ${backend.name}`
  if (count > 1) {
    const loop = compile(
      (h: Tensor, W: Tensor) =>
        scan((h: Tensor) => [h.matmul(W).matmul(W.transpose()), {}], h, {}, { length: given.time })[0].sum(),
      { backend, name: given.product },
    )
    const [h, W] = [filled(m, k, () => 1), rowsOfIdentity(k, n)]
    return { program, run: () => loop(h, W).item() }
  }
  const { product } = given
  const once = compile(
    ({ a, b }: { a: Tensor; b: Tensor; c: Tensor }) => ({ a, b, c: multiply(product, a, b) }),
    { backend, donate: [0], name: product },
  )
  const [aShape, bShape] = storedShapes(product, m, k, n)
  let held = { a: filled(...aShape, wave), b: filled(...bShape, wave), c: filled(m, n, () => 0) }
  return {
    program,
    run() {
      held = once(held)
      return 0
    },
  }
}

function multiply(product: string, a: Tensor, b: Tensor): Tensor {
  if (product === 'input-gradient') return a.matmul(b.transpose())
  return product === 'weight-gradient' ? a.transpose().matmul(b) : a.matmul(b)
}

type Size = readonly [rows: number, columns: number]

/** How a and b lie in memory: the weights as `[in, out]`, and what is read over time with time in front. */
function storedShapes(product: string, m: number, k: number, n: number): [a: Size, b: Size] {
  const a = product === 'weight-gradient' ? ([k, m] as const) : ([m, k] as const)
  const b = product === 'input-gradient' ? ([n, k] as const) : ([k, n] as const)
  return [a, b]
}

const wave = (i: number) => Math.sin(i)

const filled = (rows: number, columns: number, value: (i: number) => number) =>
  tensor(
    Float32Array.from({ length: rows * columns }, (_, i) => value(i)),
    { shape: [rows, columns] },
  )

/** [k, n] with W·Wᵀ = 1, so that a chain of products neither grows nor vanishes; n is a multiple of k. */
function rowsOfIdentity(k: number, n: number): Tensor {
  const size = Math.sqrt(k / n)
  return filled(k, n, (i) => ((i % n) % k === Math.floor(i / n) ? size : 0))
}
