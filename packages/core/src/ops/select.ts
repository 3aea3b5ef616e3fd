import { isDType, type DType } from '../dtype.js'
import { refuse } from '../errors.js'
import type { Op } from '../op.js'
import { sameShape, showShape } from '../shape.js'
import { apply1, type Tensor } from '../tensor.js'
import { sameAxis } from './along.js'
import { checkElementwise, spread } from './elementwise.js'
import { zeros } from './literal.js'

/** Elementwise ops that are linear in what they pass on. */

/** Linear in a and b, so a branch not taken never puts a NaN into the gradient of the other. */
export const selectOp: Op = {
  name: 'select',
  formula: String.raw`y = \begin{cases} a & c \\ b & \text{otherwise} \end{cases}`,
  cost: 'light',
  elementwise: true,
  along: sameAxis,
  infer([condition, a, b]) {
    if (condition!.dtype !== 'bool') {
      refuse('where', `the condition is ${condition!.dtype}; compare it with something to get a bool`)
    }
    checkElementwise('where', [a!, b!], 'any')
    if (!sameShape(condition!.shape, a!.shape)) {
      refuse(
        'where',
        `the condition has shape ${showShape(condition!.shape)}, the branches ${showShape(a!.shape)}`,
      )
    }
    return [{ shape: a!.shape, dtype: a!.dtype }]
  },
  kernel:
    () =>
    ([c, a, b], [y]) => {
      for (let i = 0; i < y!.length; i++) y![i] = c![i] ? a![i]! : b![i]!
    },
  derivative: {
    kind: 'linear',
    of: [1, 2],
    transpose(cotangent, i, [condition]) {
      const nothing = zeros(cotangent.shape, cotangent.dtype)
      return apply1(
        selectOp,
        i === 1 ? [condition!, cotangent, nothing] : [condition!, nothing, cotangent],
        {},
      )
    },
  },
  batch: (inputs, batched, _attrs, size) => [apply1(selectOp, spread(inputs, batched, size), {})],
}

export const castOp: Op<{ readonly dtype: DType }> = {
  name: 'cast',
  formula: 'y = x',
  cost: 'light',
  elementwise: true,
  along: sameAxis,
  infer([x], { dtype }) {
    if (!isDType(dtype))
      refuse('cast', `there is no dtype ${String(dtype)}; use float64, float32, int32 or bool`)
    return [{ shape: x!.shape, dtype }]
  },
  kernel: (_inputs, { dtype }) => {
    const convert = dtype === 'bool' ? (x: number) => (x === 0 ? 0 : 1) : (x: number) => x
    return ([x], [y]) => {
      for (let i = 0; i < y!.length; i++) y![i] = convert(x![i]!)
    }
  },
  derivative: {
    kind: 'linear',
    transpose: (cotangent, _i, [x]) => apply1(castOp, [cotangent], { dtype: x!.dtype }),
  },
  batch: ([x], _batched, attrs) => [apply1(castOp, [x!], attrs)],
}

/** The identity, with derivative zero. */
export const stopOp: Op = {
  name: 'stop',
  formula: String.raw`y = x,\ \partial y = 0`,
  cost: 'free',
  along: sameAxis,
  infer: ([x]) => [x!],
  kernel:
    () =>
    ([x], [y]) =>
      y!.set(x!),
  derivative: { kind: 'none' },
  batch: ([x]) => [apply1(stopOp, [x!], {})],
}

/**
 * The same numbers in another dtype. To int32 it truncates towards zero; to bool it asks x ≠ 0.
 * Between floats it is differentiable.
 */
export function cast(x: Tensor, dtype: DType): Tensor {
  return x.dtype === dtype ? x : apply1(castOp, [x], { dtype })
}

/** x, taken as a constant by every derivative. */
export function stopGradient(x: Tensor): Tensor {
  return apply1(stopOp, [x], {})
}
