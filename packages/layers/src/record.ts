import { refuse, Tensor, type DType, type Shape, type Tree } from '@tapeloop/core'

/** The same function on every leaf of a record; entries that are undefined are left out. */
export function mapRecord<Leaf>(
  tree: unknown,
  isLeaf: (part: unknown) => part is Leaf,
  f: (leaf: Leaf) => unknown,
): unknown {
  if (isLeaf(tree)) return f(tree)
  if (Array.isArray(tree)) return tree.map((part) => mapRecord(part, isLeaf, f))
  return Object.fromEntries(entriesOf(tree).map(([name, part]) => [name, mapRecord(part, isLeaf, f)]))
}

/** What the tensors of a record must be, and what error messages say of them. */
export interface Expectation<Leaf> {
  /** the cell or layer, as the user wrote it */
  readonly where: string
  /** "parameter" or "state" */
  readonly what: string
  /** what to do about an entry that is missing or not expected */
  readonly remedy: string
  readonly dtype: DType
  isLeaf(part: unknown): part is Leaf
  shapeOf(leaf: Leaf): Shape
}

/**
 * The given tensors in the order of a model, so that a record written in another order fits.
 *
 * @throws where an entry is missing or not expected, or a tensor has another shape or dtype
 */
export function matchRecord<Leaf>(model: unknown, given: unknown, expected: Expectation<Leaf>): Tree {
  const { where, what, remedy, dtype, isLeaf, shapeOf } = expected
  const match = (part: unknown, model: unknown, path: string): Tree => {
    if (!isLeaf(model)) return matchEntries(part, model, path)
    if (!(part instanceof Tensor)) return refuse(where, `${what} ${path} is missing; ${remedy}`)
    const shape = shapeOf(model)
    if (part.rank !== shape.length || part.shape.some((extent, axis) => extent !== shape[axis])) {
      refuse(where, `${what} ${path} has shape [${part.shape.join(', ')}]; it must be [${shape.join(', ')}]`)
    }
    if (part.dtype !== dtype) {
      refuse(where, `${what} ${path} is ${part.dtype} but the input ${dtype}; cast one of them`)
    }
    return part
  }
  const matchEntries = (part: unknown, model: unknown, path: string): Tree => {
    const parts = Object.fromEntries(entriesOf(part))
    const names = new Set(entriesOf(model).map(([name]) => name))
    const below = (name: string) => (path === '' ? name : `${path}.${name}`)
    const extra = Object.keys(parts).find((name) => !names.has(name))
    if (extra !== undefined) refuse(where, `${what} ${below(extra)} is not expected; ${remedy}`)
    const matched = entriesOf(model).map(
      ([name, leaf]) => [name, match(parts[name], leaf, below(name))] as const,
    )
    return Array.isArray(model) ? matched.map(([, tree]) => tree) : Object.fromEntries(matched)
  }
  return match(given, model, '')
}

/** The entries of a record or an array that are not undefined; none of anything else. */
function entriesOf(record: unknown): [string, unknown][] {
  if (typeof record !== 'object' || record === null || record instanceof Tensor) return []
  return Object.entries(record).filter(([, part]) => part !== undefined)
}
