import { orderOf, type Graph } from '../graph.js'
import { primitives } from '../ops/index.js'
import type { Layout } from '../ops/matmul.js'
import { scanOp } from '../ops/scan.js'
import { apply, type Node, type Tensor } from '../tensor.js'
import { isNodeOf, literalOf, madeBy, type Builder } from './build.js'
import { rewriteLoops } from './rewrite.js'
import { simplifier } from './simplify.js'

const p = primitives

/**
 * A product with rows of a small table is a choice from a small table of products: `take(E, i)·W = take(E·W, i)`, and
 * backward `take(E, i)ᵀ·G = Eᵀ·scatterAdd(i, G)` and `scatterAdd(i, G·W) = scatterAdd(i, G)·W`. One-hot rows choose rows
 * of W itself.
 */
export function table(graph: Graph): Graph {
  const inner = rewriteLoops(graph, (attrs, inputs) => {
    const still = attrs.body.inputs.slice(attrs.carries + attrs.sequences)
    const body = tableLevel(attrs.body, new Set(still), attrs.length)
    return body && apply(scanOp, inputs, { ...attrs, body })
  })
  return tableLevel(inner, new Set(), 1) ?? inner
}

/** Rows that an index chooses: of `from`, or of the identity matrix if that is null. */
interface Chosen {
  readonly from: Tensor | null
  readonly indices: Tensor
  readonly count: number
}

/** `still` does not change over the `steps` that the level is run. */
function tableLevel({ inputs, outputs }: Graph, still: ReadonlySet<Tensor>, steps: number): Graph | null {
  const order = orderOf(outputs)
  const uses = new Map<Tensor, number>()
  for (const tensor of [...order.flatMap((node) => node.inputs), ...outputs])
    uses.set(tensor, (uses.get(tensor) ?? 0) + 1)
  const b = simplifier()
  const map = new Map<Tensor, Tensor>()
  const look = (tensor: Tensor) => map.get(tensor) ?? tensor
  const isSmall = ({ from, count }: Chosen, rows: number, other: Tensor) =>
    from === null || count < rows * (still.has(from) && still.has(other) ? steps : 1)
  let found = 0
  for (const node of order) {
    const made = isNodeOf(node, p.matmul)
      ? product(node)
      : isNodeOf(node, p.scatterAdd)
        ? scatter(node)
        : null
    if (made) found++
    const results = made ? [made] : b.raw(node.op, node.inputs.map(look), node.attrs, node)
    node.outputs.forEach((output, i) => map.set(output, results[i]!))
  }
  return found > 0 ? { inputs, outputs: outputs.map(look) } : null

  function product(node: Node<Layout>): Tensor | null {
    const [left, right] = node.inputs
    if (left!.rank !== 2) return null
    const { transposeA, transposeB } = node.attrs
    const rows = chosenBy(left!)
    if (rows && !transposeA && isSmall(rows, left!.shape[0]!, right!)) {
      const [from, w] = [rows.from && look(rows.from), look(right!)]
      const products = from ? b.one(p.matmul, [from, w], node.attrs) : transposeB ? turned(w, b) : w
      return b.one(p.take, [products, flatIndices(rows, look, b)], {})
    }
    if (!transposeA || transposeB) return null
    const chosen = (rows: Chosen) => {
      const sums = collected(rows, look(right!), look, b)
      return rows.from ? b.one(p.matmul, [look(rows.from), sums], node.attrs) : sums
    }
    if (rows && isSmall(rows, left!.shape[0]!, right!)) return chosen(rows)
    const parts = sideBySide(left!)?.map((part) => {
      const rows = chosenBy(part)
      return { part, rows: rows && isSmall(rows, left!.shape[0]!, right!) ? rows : null }
    })
    if (parts?.some(({ rows }) => rows)) {
      const products = parts.map(({ part, rows }) => {
        if (rows) return chosen(rows)
        const shape = [left!.shape[0]!, part.shape.at(-1)!]
        return b.one(p.matmul, [b.one(p.reshape, [look(part)], { shape }), look(right!)], node.attrs)
      })
      return b.one(p.concat, products, { axis: 0 })
    }
    const columns = chosenBy(right!)
    if (!columns || !isSmall(columns, right!.shape[0]!, left!)) return null
    const sums = collected(columns, look(left!), look, b)
    return columns.from ? b.one(p.matmul, [sums, look(columns.from)], node.attrs) : turned(sums, b)
  }

  function scatter(node: Node<{ readonly size: number }>): Tensor | null {
    const [indices, updates] = node.inputs
    const { size } = node.attrs
    const rows = indices!.size
    const terms = size < rows && updates!.rank === indices!.rank + 1 ? productsIn(updates!) : null
    if (!terms) return null
    const flat = flatIndices({ indices: indices! }, look, b)
    return terms
      .map(({ inputs: [left, right], attrs }) => {
        const sums = b.one(p.scatterAdd, [flat, look(left!)], { size })
        return b.one(p.matmul, [sums, look(right!)], attrs)
      })
      .reduce((sum, term) => b.one(p.add, [sum, term], {}))
  }

  /** The products that a value is the sum of, if they serve nothing else. */
  function productsIn(value: Tensor): readonly Node<Layout>[] | null {
    if (uses.get(value) !== 1) return null
    const below = madeBy(value, p.reshape)?.inputs[0]
    if (below) return below.shape.at(-1) === value.shape.at(-1) ? productsIn(below) : null
    const sum = madeBy(value, p.add)
    if (sum) {
      const [left, right] = sum.inputs.map(productsIn)
      return left && right ? [...left, ...right] : null
    }
    const node = madeBy(value, p.matmul)
    return node && value.rank === 2 && !node.attrs.transposeA ? [node] : null
  }
}

/** The parts of a matrix, if it is a concatenation of columns. */
function sideBySide(matrix: Tensor): readonly Tensor[] | null {
  const concat = madeBy(rowsOf(matrix), p.concat)
  return concat && concat.attrs.axis === concat.outputs[0]!.rank - 1 ? concat.inputs : null
}

/** What a matrix was before its rows were lined up. */
function rowsOf(matrix: Tensor): Tensor {
  const below = madeBy(matrix, p.reshape)?.inputs[0]
  return below && below.shape.at(-1) === matrix.shape.at(-1) ? below : matrix
}

/** The rows of a matrix, if an index chooses them. */
function chosenBy(matrix: Tensor): Chosen | null {
  const rows = rowsOf(matrix)
  const take = madeBy(rows, p.take)
  if (take) {
    const [from, indices] = take.inputs
    return from!.rank === 2 ? { from: from!, indices: indices!, count: from!.shape[0]! } : null
  }
  const place = madeBy(rows, p.place)
  const isOneHot = place && literalOf(place.inputs[1]!) === 1 && place.inputs[0]!.shape.at(-1) === 1
  return isOneHot ? { from: null, indices: place.inputs[0]!, count: place.attrs.size } : null
}

function flatIndices(
  { indices }: Pick<Chosen, 'indices'>,
  look: (tensor: Tensor) => Tensor,
  b: Builder,
): Tensor {
  return b.one(p.reshape, [look(indices)], { shape: [indices.size] })
}

/** The rows of G added up by their index. */
function collected(chosen: Chosen, rows: Tensor, look: (tensor: Tensor) => Tensor, b: Builder): Tensor {
  return b.one(p.scatterAdd, [flatIndices(chosen, look, b), rows], { size: chosen.count })
}

function turned(matrix: Tensor, b: Builder): Tensor {
  return b.one(p.transpose, [matrix], { permutation: [1, 0] })
}
