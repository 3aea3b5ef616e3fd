import { foldIn, full, type DType, type Shape, type Tensor } from '@tapeloop/core'
import type { ParamsOf, ParamSpecs, StateOf, StateRecord } from './cell.js'
import type { Initializer } from './initializer.js'
import { mapRecord, matchRecord } from './record.js'

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

/** The parameters themselves, checked: names, shapes, and the dtype of the input. `where` names the layer. */
export function checkParams<Specs extends ParamSpecs>(
  where: string,
  specs: Specs,
  params: ParamsOf<Specs>,
  dtype: DType,
): ParamsOf<Specs> {
  return matchRecord(specs, params, {
    where,
    what: 'parameter',
    remedy: 'take parameters from init, with the same options',
    dtype,
    isLeaf: isInitializer,
    shapeOf: ({ shape }) => shape,
  }) as ParamsOf<Specs>
}

/** A state given by the user, checked: names, shapes with the batch axis, and the dtype of the input. */
export function checkState<Shapes extends StateRecord>(
  where: string,
  shapes: Shapes,
  state: StateOf<Shapes>,
  batchSize: number,
  dtype: DType,
): StateOf<Shapes> {
  return matchRecord(shapes, state, {
    where,
    what: 'state',
    remedy: 'take a state from initialState or from an earlier call',
    dtype,
    isLeaf: isShape,
    shapeOf: (shape) => [batchSize, ...shape],
  }) as StateOf<Shapes>
}

/** Whether a part of a record is the start of one parameter. */
export function isInitializer(part: unknown): part is Initializer {
  return typeof part === 'object' && part !== null && 'draw' in part && typeof part.draw === 'function'
}

function isShape(part: unknown): part is Shape {
  return Array.isArray(part) && part.every((extent) => typeof extent === 'number')
}
