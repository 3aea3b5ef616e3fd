import type { Tensor } from '@tapeloop/core'
import { sourceOf } from './graph.js'
import { copy } from './move.js'
import type { Address } from './place.js'
import type { Instruction } from './plan.js'
import { placeOf, room, type Scope } from './scope.js'

/** A matrix as a product reads or writes it: bytes from row to row and from column to column. */
export interface Matrix {
  readonly address: Address
  readonly row: number
  readonly column: number
}

export interface Sizes {
  readonly m: number
  readonly k: number
  readonly n: number
  /** bytes of a number */
  readonly size: 4 | 8
  readonly dtype: 'float32' | 'float64'
}

/** Where a packed operand can be made once for many products. */
export interface Hoist {
  readonly scope: Scope
  readonly tensor: Tensor
}

/** The outermost scope in which a matrix is the same as here: what does not change is packed outside of the loop. */
export function outermost({ scope, tensor }: Hoist, address: Address): Hoist {
  let found: Hoist = { scope, tensor: sourceOf(tensor) }
  const isThere = ({ scope, tensor }: Hoist) => placeOf(scope, tensor).buffer === address.buffer
  if (!isThere(found)) return found
  for (let { around } = scope; around && !address.moves.has(around.loop); { around } = found.scope) {
    const outer = around.constants.get(found.tensor)
    const next = outer && { scope: around.scope, tensor: sourceOf(outer) }
    if (!next || !isThere(next)) break
    found = next
  }
  return found
}

export function packedOnce(
  where: Hoist | null,
  list: Instruction[],
  b: Matrix,
  k: number,
  n: number,
  width: number,
  sizes: Sizes,
): Address {
  if (where === null) return pack(list, b, k, n, width, sizes)
  const { scope, tensor } = where
  const known = scope.packs.get(tensor) ?? new Map<string, Address>()
  scope.packs.set(tensor, known)
  const key = [b.address.offset, b.row, b.column, k, n, width].join()
  const packed = known.get(key) ?? pack(scope.list, b, k, n, width, sizes)
  known.set(key, packed)
  return packed
}

/** Rows of a matrix that are packed together, so that their cache lines are used up. */
const rowsTogether = 8

/** Panels of `width` columns, each with its k rows one after the other. The last one may be only partly filled. */
export function pack(
  list: Instruction[],
  { address, row, column }: Matrix,
  k: number,
  n: number,
  width: number,
  { size, dtype }: Sizes,
): Address {
  const whole = Math.floor(n / width)
  const panel = k * width * size
  const panels = room({
    shape: [Math.ceil(n / width), k, width],
    dtype,
    size: Math.ceil(n / width) * k * width,
  })
  const part = (
    first: number,
    count: number,
    from: number,
    rows: number,
    columns: number,
    together: number,
  ) => {
    const at = (base: Address, bytes: number) => ({ ...base, offset: base.offset + bytes })
    const source = at(address, first * width * column + from * row)
    const target = at(panels, first * panel + from * width * size)
    const groups = rows / together
    copy(
      list,
      { ...source, strides: [together * row, width * column, row, column] },
      { ...target, strides: [together * width * size, panel, width * size, size] },
      [groups, count, together, columns],
      dtype,
    )
  }
  // along contiguous rows few at a time; across them all at once
  const together = column === size ? Math.min(rowsTogether, k) : k
  const even = k - (k % together)
  for (const [first, count, columns] of [
    [0, whole, width],
    [whole, 1, n % width],
  ] as const) {
    if (count === 0 || columns === 0) continue
    part(first, count, 0, even, columns, together)
    if (even < k) part(first, count, even, k - even, columns, k - even)
  }
  return panels
}
