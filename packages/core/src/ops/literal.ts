import { allocate, type DType } from '../dtype.js'
import { refuse } from '../errors.js'
import type { Op } from '../op.js'
import { checkShape } from '../shape.js'
import { apply1, type Tensor } from '../tensor.js'

/** Ops without inputs. They are constants of the program, which a compiler writes into the code. */

export const fullOp: Op<{
  readonly value: number
  readonly shape: readonly number[]
  readonly dtype: DType
}> = {
  name: 'full',
  formula: 'y = c',
  cost: 'free',
  infer: (_inputs, { shape, dtype }) => [{ shape, dtype }],
  kernel: (_inputs, { value, dtype }) => {
    const rounded = allocate(dtype, 1).fill(value)[0]!
    return (_none, [y]) => void y!.fill(rounded)
  },
  derivative: { kind: 'none' },
}

export const iotaOp: Op<{ readonly length: number }> = {
  name: 'iota',
  formula: 'y_i = i',
  cost: 'free',
  infer: (_inputs, { length }) => [{ shape: [length], dtype: 'int32' }],
  kernel:
    () =>
    (_none, [y]) => {
      for (let i = 0; i < y!.length; i++) y![i] = i
    },
  derivative: { kind: 'none' },
}

/** A tensor of `shape` filled with `value`. */
export function full(value: number, shape: readonly number[], dtype: DType = 'float32'): Tensor {
  checkShape('full', shape)
  return apply1(fullOp, [], { value, shape: [...shape], dtype })
}

/** A tensor of zeros. */
export function zeros(shape: readonly number[], dtype?: DType): Tensor {
  return full(0, shape, dtype)
}

/** A tensor of ones. */
export function ones(shape: readonly number[], dtype?: DType): Tensor {
  return full(1, shape, dtype)
}

/** 0, 1, …, length − 1; int32 `[length]`. */
export function iota(length: number): Tensor {
  if (!Number.isInteger(length) || length < 0)
    refuse('iota', `the length is ${length}; it must be a whole number from 0`)
  return apply1(iotaOp, [], { length })
}
