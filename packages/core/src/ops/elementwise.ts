import { isFloat, type DType, type TypedArray } from '../dtype.js'
import { refuse } from '../errors.js'
import type { Op, Spec } from '../op.js'
import { sameShape, showShape } from '../shape.js'
import { apply1, type Tensor } from '../tensor.js'
import { sameAxis } from './along.js'
import { broadcastTo } from './movement.js'

/** Which dtypes an elementwise op takes. */
type Accepts = 'float' | 'number' | 'bool' | 'any'

/** What a table row of an elementwise op says; shapes, loops, batching and derivative sums follow from it. */
interface Row {
  readonly formula: string
  readonly accepts: Accepts
  /** dtype of the result; that of the inputs unless said */
  readonly result?: DType
  /** operations an element; 1 unless said */
  readonly flops?: number
  readonly commutative?: true
  /** sets of inputs in which it is linear, as in `Op` */
  readonly linear?: readonly (readonly number[])[]
}

/**
 * A unary op: its loop and its derivative dy/dx in terms of x and y. No slope: piecewise constant. Every row has a loop of
 * its own, because one that calls back for each element is ten times slower.
 */
export function unary(
  name: string,
  row: Row & {
    loop(x: TypedArray, y: TypedArray): void
    slope?: (x: Tensor, y: Tensor) => Tensor | number
  },
): Op {
  const { loop, slope } = row
  return {
    ...elementwise(name, row),
    kernel:
      () =>
      ([x], [y]) =>
        loop(x!, y!),
    derivative: slope ? { kind: 'partials', partial: (_i, [x], y) => slope(x!, y) } : { kind: 'none' },
  }
}

/** A binary op: its loop and its two partial derivatives. No slopes: piecewise constant. */
export function binary(
  name: string,
  row: Row & {
    loop(a: TypedArray, b: TypedArray, y: TypedArray): void
    slopes?: readonly [Slope, Slope]
  },
): Op {
  const { loop, slopes } = row
  return {
    ...elementwise(name, row),
    kernel:
      () =>
      ([a, b], [y]) =>
        loop(a!, b!, y!),
    derivative: slopes
      ? { kind: 'partials', partial: (i, [a, b], y) => slopes[i as 0 | 1](a!, b!, y) }
      : { kind: 'none' },
  }
}

type Slope = (a: Tensor, b: Tensor, y: Tensor) => Tensor | number

function elementwise(name: string, { formula, accepts, result, flops, commutative, linear }: Row) {
  return {
    name,
    formula,
    cost: 'light' as const,
    elementwise: true as const,
    along: sameAxis,
    ...(flops && { flops }),
    ...(commutative && { commutative }),
    ...(linear && { linear: () => linear }),
    infer(inputs: readonly Spec[]) {
      checkElementwise(name, inputs, accepts)
      return [{ shape: inputs[0]!.shape, dtype: result ?? inputs[0]!.dtype }]
    },
    batch(this: Op, inputs: readonly Tensor[], batched: readonly boolean[], _attrs: object, size: number) {
      return [apply1(this, spread(inputs, batched, size), {})]
    },
  }
}

/** Gives every input the leading axis that some have. */
export function spread(
  inputs: readonly Tensor[],
  batched: readonly boolean[],
  size: number,
): readonly Tensor[] {
  return inputs.map((input, i) => (batched[i] ? input : broadcastTo(input, [size, ...input.shape])))
}

/** Elementwise ops take equal shapes and dtypes; the functions in front of them broadcast. */
export function checkElementwise(name: string, inputs: readonly Spec[], accepts: Accepts): void {
  const [first] = inputs
  for (const { shape, dtype } of inputs) {
    if (dtype !== first!.dtype) {
      refuse(
        name,
        `one operand is ${first!.dtype} and another ${dtype}; dtypes never mix silently, so cast(…) one of them`,
      )
    }
    if (!sameShape(shape, first!.shape)) {
      refuse(
        name,
        `operands have shapes ${showShape(first!.shape)} and ${showShape(shape)}; broadcast them first`,
      )
    }
    if (accepts === 'float' && !isFloat(dtype))
      refuse(name, `the operand is ${dtype}; cast it to float32 or float64 first`)
    if (accepts === 'number' && dtype === 'bool')
      refuse(name, 'the operand is bool; cast it to a number first')
    if (accepts === 'bool' && dtype !== 'bool')
      refuse(name, `the operand is ${dtype}; compare it with something to get a bool`)
  }
}
