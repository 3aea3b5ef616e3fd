import { foldIn, full, type DType, type Shape, type Tensor } from '@tapeloop/core'
import type { ParamsOf, ParamSpecs, StateOf, StateRecord } from './cell.js'
import type { Initializer } from './initializer.js'

/** Draws every parameter of a record with a key of its own, in the order written. */
export function drawParams<Specs extends ParamSpecs>(
  specs: Specs,
  key: Tensor,
  dtype: DType,
): ParamsOf<Specs> {
  let drawn = 0
  return mapRecord(specs, isInitializer, (spec) => spec.draw(foldIn(key, drawn++), dtype)) as ParamsOf<Specs>
}

/** Zeros `[batch, …shape]` for every shape of a record. */
export function initialState<Shapes extends StateRecord>(
  shapes: Shapes,
  batchSize: number,
  dtype: DType,
): StateOf<Shapes> {
  return mapRecord(shapes, isShape, (shape) => full(0, [batchSize, ...shape], dtype)) as StateOf<Shapes>
}

/** How many numbers a record of parameters holds. */
export function countParams(specs: ParamSpecs): number {
  let count = 0
  mapRecord(specs, isInitializer, ({ shape }) => {
    count += shape.reduce((size, extent) => size * extent, 1)
  })
  return count
}

function mapRecord<Leaf>(
  tree: unknown,
  isLeaf: (part: unknown) => part is Leaf,
  f: (leaf: Leaf) => unknown,
): unknown {
  if (isLeaf(tree)) return f(tree)
  if (Array.isArray(tree)) return tree.map((part) => mapRecord(part, isLeaf, f))
  const entries = Object.entries(tree as object).filter(([, part]) => part !== undefined)
  return Object.fromEntries(entries.map(([name, part]) => [name, mapRecord(part, isLeaf, f)]))
}

function isInitializer(part: unknown): part is Initializer {
  return typeof part === 'object' && part !== null && 'draw' in part && typeof part.draw === 'function'
}

function isShape(part: unknown): part is Shape {
  return Array.isArray(part) && part.every((extent) => typeof extent === 'number')
}
