import { tensor, type DType, type Shape, type Tensor } from '@tapeloop/core'
import fc from 'fast-check'

/**
 * Where the elements of a tensor lie: `from`, `from + step`, … up to `to`. A grid that misses the kinks of a function
 * keeps every difference quotient on one side of them, and shrinks to few different numbers.
 */
export interface Grid {
  readonly from: number
  readonly to: number
  readonly step: number
}

/** Between −1.9 and 1.9, at least 0.02 from every whole number: away from the kinks of abs, floor, relu, … */
export const offIntegers: Grid = { from: -1.885, to: 1.885, step: 0.13 }
/** Between 0.06 and 2.6: in the domain of log, sqrt and powers. */
export const positive: Grid = { from: 0.065, to: 2.6, step: 0.13 }
/** Between −4 and 4, zero among them: for smooth functions. */
export const wide: Grid = { from: -3.9, to: 3.9, step: 0.13 }

/** Which shapes are drawn. */
export interface ShapeOptions {
  readonly minRank?: number
  readonly maxRank?: number
  /** largest extent; 3 unless said */
  readonly max?: number
  /** now and then an axis of size 0 */
  readonly empty?: boolean
}

/** Draws the parts of a random value, one after the other. Everything shrinks to its first, smallest or zero case. */
export interface Draw {
  /** a whole number from `min` to `max` */
  integer(min: number, max: number): number
  boolean(): boolean
  oneOf<const T>(cases: readonly T[]): T
  /** up to 3 axes of 1 to 3 entries, unless said */
  shape(options?: ShapeOptions): Shape
  axis(shape: Shape): number
  /** some axes in order, at least one */
  axes(shape: Shape): readonly number[]
  permutation(rank: number): readonly number[]
  /** a shape that broadcasts to this one */
  stretchable(shape: Shape): Shape
  dtype(): DType
  floats(shape: Shape, grid?: Grid, dtype?: 'float64' | 'float32'): Tensor
  /** float64, all elements at least 0.13 apart: no ties for max, argmax and sorting */
  distinct(shape: Shape): Tensor
  integers(shape: Shape, min: number, max: number): Tensor
  booleans(shape: Shape): Tensor
  /** small numbers of any dtype */
  tensor(shape: Shape, dtype: DType): Tensor
  /** keys of the random number generator: int32 `[…shape, 2]` */
  key(shape?: Shape): Tensor
}

/**
 * An arbitrary from a recipe that draws part after part. Behind it stand two lists of whole numbers, one for the
 * structure and one for the elements, which fast-check shrinks: a smaller structure keeps its elements.
 *
 * @param length how many numbers each list has; what is drawn beyond is the simplest case
 */
export function drawn<T>(build: (draw: Draw) => T, options?: { length?: number }): fc.Arbitrary<T> {
  return drawnAlike(build, 1, options).map(([value]) => value!)
}

/** Several values from one recipe: the same structure, other elements. */
export function drawnAlike<T>(
  build: (draw: Draw) => T,
  count: number,
  { length = 64 } = {},
): fc.Arbitrary<readonly T[]> {
  const list = fc.array(fc.noBias(fc.nat(2 ** 31 - 1)), { minLength: length, maxLength: length })
  return fc
    .tuple(list, fc.tuple(...Array.from({ length: count }, () => list)))
    .map(([structure, variants]) => variants.map((elements) => build(drawFrom(structure, elements))))
}

/** Random shapes. */
export function shapes(options?: ShapeOptions): fc.Arbitrary<Shape> {
  return drawn((draw) => draw.shape(options))
}

/** Random float64 tensors with elements on a grid. */
export function tensors(options?: ShapeOptions, grid?: Grid): fc.Arbitrary<Tensor> {
  return drawn((draw) => draw.floats(draw.shape(options), grid))
}

function drawFrom(structure: readonly number[], elements: readonly number[]): Draw {
  let [nextPart, nextElement] = [0, 0]
  const below = (count: number) => (structure[nextPart++] ?? 0) % count
  const fill = (shape: Shape, count: number) =>
    Array.from({ length: sizeOf(shape) }, () => (elements[nextElement++] ?? 0) % count)
  const draw: Draw = {
    integer: (min, max) => min + below(max - min + 1),
    boolean: () => below(2) === 1,
    oneOf: (cases) => cases[below(cases.length)]!,
    shape({ minRank = 0, maxRank = 3, max = 3, empty = false } = {}) {
      const isScalar = minRank === 0 && below(8) === 0
      const rank = isScalar ? 0 : draw.integer(Math.min(Math.max(1, minRank), maxRank), maxRank)
      const shape = Array.from({ length: rank }, () => draw.integer(1, max))
      const none = empty && rank > 0 && below(16) === 15 ? draw.axis(shape) : null
      return shape.map((extent, axis) => (axis === none ? 0 : extent))
    },
    axis: (shape) => below(shape.length),
    axes(shape) {
      const first = draw.axis(shape)
      return shape.flatMap((_, axis) => (axis === first || draw.boolean() ? [axis] : []))
    },
    permutation(rank) {
      const order: number[] = []
      for (let axis = 0; axis < rank; axis++) order.splice(axis - below(axis + 1), 0, axis)
      return order
    },
    stretchable(shape) {
      const from = below(shape.length + 1)
      return shape.slice(from).map((extent) => (draw.boolean() ? 1 : extent))
    },
    dtype: () => draw.oneOf(['float64', 'float32', 'int32', 'bool']),
    floats(shape, { from, to, step } = offIntegers, dtype = 'float64') {
      const points = Math.round((to - from) / step) + 1
      const origin = Math.min(points - 1, Math.max(0, Math.ceil(-from / step)))
      const values = fill(shape, points).map((k) => rounded(from + ((origin + k) % points) * step))
      return tensor(Float64Array.from(values), { shape, dtype })
    },
    distinct(shape) {
      const ranks: number[] = []
      fill(shape, 2 ** 20).forEach((k, i) => ranks.splice(i - (k % (i + 1)), 0, i))
      return tensor(
        Float64Array.from(ranks, (rank) => (rank - ranks.length / 2) * 0.13 + 0.07),
        { shape },
      )
    },
    integers: (shape, min, max) =>
      tensor(
        Int32Array.from(fill(shape, max - min + 1), (k) => min + k),
        { shape },
      ),
    booleans: (shape) => tensor(Uint8Array.from(fill(shape, 2)), { shape }),
    tensor(shape, dtype) {
      if (dtype === 'bool') return draw.booleans(shape)
      return dtype === 'int32' ? draw.integers(shape, -4, 4) : draw.floats(shape, offIntegers, dtype)
    },
    key: (shape = []) => draw.integers([...shape, 2], -(2 ** 31), 2 ** 31 - 1),
  }
  return draw
}

/** Without the noise of adding up a grid: 0 is 0. */
function rounded(value: number): number {
  return Math.round(value * 1e9) / 1e9
}

function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1)
}
