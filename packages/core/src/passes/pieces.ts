import { primitives } from '../ops/index.js'
import type { Tensor } from '../tensor.js'
import { fill, literalOf, madeBy, type Builder } from './build.js'

/** What stands along one axis of a tensor that is 0 elsewhere. */
interface Pieces {
  readonly axis: number
  readonly parts: readonly Piece[]
}

interface Piece {
  readonly from: number
  readonly to: number
  readonly tensor: Tensor
}

/** A zero-padded tensor, or a concatenation with zeros in it, as pieces; null for all others. */
function piecesOf(x: Tensor): Pieces | null {
  const pad = madeBy(x, primitives.pad)
  if (pad) {
    const { low, high, interior, value } = pad.attrs
    const padded = low.flatMap((before, axis) => (before !== 0 || high[axis] !== 0 ? [axis] : []))
    const isPlain = padded.length === 1 && value === 0 && interior.every((gap) => gap === 0)
    if (!isPlain || low[padded[0]!]! < 0 || high[padded[0]!]! < 0) return null
    const axis = padded[0]!
    const [tensor] = pad.inputs
    return { axis, parts: [{ from: low[axis]!, to: low[axis]! + tensor!.shape[axis]!, tensor: tensor! }] }
  }
  const concat = madeBy(x, primitives.concat)
  if (!concat) return null
  const { axis } = concat.attrs
  const parts: Piece[] = []
  let at = 0
  for (const tensor of concat.inputs) {
    const to = at + tensor.shape[axis]!
    if (literalOf(tensor) !== 0) parts.push({ from: at, to, tensor })
    at = to
  }
  return parts.length < concat.inputs.length ? { axis, parts } : null
}

/** a + b where no element has a summand in both: their pieces side by side. This undoes the gradient of a split. */
export function addedPieces(a: Tensor, b: Tensor, make: Builder): Tensor | null {
  const joined = join(a, b, make)
  if (joined) return joined
  // (t + a) + b where a and b are such: each element of t gets one summand either way
  for (const [sum, piece] of [
    [a, b],
    [b, a],
  ] as const) {
    const node = madeBy(sum, primitives.add)
    if (!node || !piecesOf(piece)) continue
    const [left, right] = node.inputs
    const both = join(right!, piece, make)
    if (both) return make.one(primitives.add, [left!, both], {})
    const other = join(left!, piece, make)
    if (other) return make.one(primitives.add, [right!, other], {})
  }
  return null
}

function join(a: Tensor, b: Tensor, make: Builder): Tensor | null {
  const [left, right] = [piecesOf(a), piecesOf(b)]
  if (!left || !right || left.axis !== right.axis) return null
  const { axis } = left
  const parts = [...left.parts, ...right.parts].toSorted((x, y) => x.from - y.from)
  if (parts.some((part, i) => i > 0 && part.from < parts[i - 1]!.to)) return null
  const row: Tensor[] = []
  let at = 0
  const zeros = (to: number) => {
    const shape = a.shape.map((extent, i) => (i === axis ? to - at : extent))
    if (to > at) row.push(fill(make, 0, { shape, dtype: a.dtype }))
  }
  for (const { from, to, tensor } of parts) {
    zeros(from)
    row.push(tensor)
    at = to
  }
  zeros(a.shape[axis]!)
  return make.one(primitives.concat, row, { axis })
}
