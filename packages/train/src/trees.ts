import { flatten, unflatten, where, zeros, type Tensor, type Tree } from '@tapeloop/core'

/** Zeros like a record. */
export function emptied(tree: Tree): Tree {
  const { leaves, structure } = flatten(tree)
  return unflatten(
    structure,
    leaves.map(({ shape, dtype }) => zeros(shape, dtype)),
  )
}

/** One of two records of one structure, by a bool scalar. */
export function chosen<T extends Tree>(condition: Tensor, yes: T, no: T): T {
  const { leaves, structure } = flatten(no)
  const others = flatten(yes).leaves
  return unflatten<T>(
    structure,
    leaves.map((leaf, i) => where(condition, others[i]!, leaf)),
  )
}
