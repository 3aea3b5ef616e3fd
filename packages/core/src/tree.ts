import { refuse } from './errors.js'
import { sameShape, showShape } from './shape.js'
import { refuseAsTensor, Tensor } from './tensor.js'

/**
 * A record of tensors: a tensor, or plain objects, arrays and tuples of records. Declare the type of a record with `type`:
 * an `interface` lacks the index signature that TypeScript looks for here.
 */
export type Tree = Tensor | readonly Tree[] | { readonly [key: string]: Tree }

/** What is left of a record without its tensors; equal strings mean equal structure. */
export type Structure = null | readonly Structure[] | { readonly [key: string]: Structure }

/** The tensors of a record in key order as written, with their dotted paths. */
export interface Flat {
  readonly leaves: readonly Tensor[]
  readonly paths: readonly string[]
  readonly structure: Structure
}

/** Flattens a record. `where` names the function and `root` the argument for the error message. */
export function flatten(tree: Tree, where = 'flatten', root = ''): Flat {
  const leaves: Tensor[] = []
  const paths: string[] = []
  const visit = (part: Tree, path: string): Structure => {
    if (part instanceof Tensor) {
      leaves.push(part)
      paths.push(path)
      return null
    }
    const below = (key: string | number) => (path === '' ? String(key) : `${path}.${key}`)
    if (Array.isArray(part)) return part.map((entry: Tree, i) => visit(entry, below(i)))
    if (typeof part === 'object' && part !== null && isPlain(part)) {
      return Object.fromEntries(Object.entries(part).map(([key, entry]) => [key, visit(entry, below(key))]))
    }
    const what = path === '' ? 'the argument' : path
    return refuseAsTensor(where, what, part, describe(part), 'a tensor or a record of tensors')
  }
  const structure = visit(tree, root)
  return { leaves, paths, structure }
}

/** Adds the leaves of a record to `leaves`, if it has this structure: what `flatten` and a comparison do, in one walk. */
export function collectLike(tree: Tree, structure: Structure, leaves: Tensor[]): boolean {
  if (structure === null || tree instanceof Tensor) {
    if (structure !== null || !(tree instanceof Tensor)) return false
    leaves.push(tree)
    return true
  }
  if (Array.isArray(structure)) {
    if (!Array.isArray(tree) || tree.length !== structure.length) return false
    return structure.every((part, i) => collectLike(tree[i], part, leaves))
  }
  if (typeof tree !== 'object' || tree === null || !isPlain(tree)) return false
  const record = tree as { readonly [key: string]: Tree }
  const parts = structure as { readonly [key: string]: Structure }
  const given = Object.keys(record)
  let at = 0
  for (const key in parts)
    if (key !== given[at++] || !collectLike(record[key]!, parts[key]!, leaves)) return false
  return at === given.length
}

/** Puts leaves back into a structure. */
export function unflatten<T extends Tree>(structure: Structure, leaves: readonly Tensor[]): T {
  let next = 0
  const build = (part: Structure): Tree => {
    if (part === null) return leaves[next++]!
    if (Array.isArray(part)) return part.map(build)
    return Object.fromEntries(Object.entries(part).map(([key, entry]) => [key, build(entry)]))
  }
  return build(structure) as T
}

/** The same function on every tensor of a record. */
export function mapTree<T extends Tree>(tree: T, f: (leaf: Tensor, path: string) => Tensor): T {
  const { leaves, paths, structure } = flatten(tree)
  return unflatten<T>(
    structure,
    leaves.map((leaf, i) => f(leaf, paths[i]!)),
  )
}

/** Refuses a record whose structure differs, naming the first path that does. */
export function checkStructure(where: string, expected: Flat, actual: Flat): void {
  if (sameStructure(expected.structure, actual.structure)) return
  const missing = expected.paths.find((path) => !actual.paths.includes(path))
  const extra = actual.paths.find((path) => !expected.paths.includes(path))
  if (missing !== undefined)
    refuse(where, `the record lacks ${missing || 'a tensor'}; give the same structure as before`)
  if (extra !== undefined)
    refuse(where, `the record has ${extra || 'a tensor'}, which is not expected there; leave it out`)
  refuse(
    where,
    `the record lists its keys in another order: ${actual.paths.join(', ')}; use ${expected.paths.join(', ')}`,
  )
}

/** Refuses a record of the same structure in which a tensor has another shape or dtype. */
export function checkLike(where: string, what: string, expected: Flat, actual: Flat): void {
  expected.leaves.forEach((x, i) => {
    const y = actual.leaves[i]!
    if (x.dtype === y.dtype && sameShape(x.shape, y.shape)) return
    refuse(
      where,
      `the ${what} of ${expected.paths[i] || 'the value'} is ${y.dtype} ${showShape(y.shape)}; ` +
        `it must be ${x.dtype} ${showShape(x.shape)}`,
    )
  })
}

/** Whether two records differ at most in their tensors. */
export function sameStructure(a: Structure, b: Structure): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'number' || typeof value === 'boolean') return `the ${typeof value} ${value}`
  return typeof value === 'object' ? `a ${(value as object).constructor.name}` : `a ${typeof value}`
}
