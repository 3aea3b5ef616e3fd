import { refuse } from '../errors.js'
import type { Op, Spec } from '../op.js'
import { threefry } from '../reference/threefry.js'
import { sameShape, showShape, sizeOf } from '../shape.js'
import { apply1 } from '../tensor.js'
import { movedAxis, sameAxis } from './along.js'
import { spread } from './elementwise.js'

/**
 * Randomness as ops: Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as
 * 1, 2, 3; SC 2011), a function of a key and a counter. A key is int32 `[…, 2]`.
 */

/** Independent uniform bits: `[…key, …shape]` int32, a function of (key, shape) alone. */
export const randomBitsOp: Op<{ readonly shape: readonly number[] }> = {
  name: 'randomBits',
  formula: String.raw`y_n = \operatorname{threefry}_k(0, n)`,
  cost: 'light',
  along: ([axis], [key]) => movedAxis(axis!, (from) => from < key!.shape.length - 1 && from),
  flops: 40,
  infer([key], { shape }) {
    checkKey('randomBits', key!)
    return [{ shape: [...key!.shape.slice(0, -1), ...shape], dtype: 'int32' }]
  },
  kernel([key], { shape }) {
    const keys = sizeOf(key!.shape) / 2
    const count = sizeOf(shape)
    return ([key], [y]) => {
      for (let k = 0; k < keys; k++) {
        for (let n = 0; n < count; n += 2) {
          const [first, second] = threefry(key![2 * k]!, key![2 * k + 1]!, 0, n >>> 1)
          y![k * count + n] = first
          if (n + 1 < count) y![k * count + n + 1] = second
        }
      }
    }
  },
  derivative: { kind: 'none' },
  batch: ([key], _batched, attrs) => [apply1(randomBitsOp, [key!], attrs)],
}

/** A new key from a key and a number. Its counters never meet those of `randomBits`. */
export const foldInOp: Op = {
  name: 'foldIn',
  formula: String.raw`k' = \operatorname{threefry}_k(1, n)`,
  cost: 'light',
  along(axes, [key]) {
    const axis = sameAxis(axes)
    return axis !== key!.shape.length - 1 && axis
  },
  flops: 40,
  infer([key, n]) {
    checkKey('foldIn', key!)
    if (n!.dtype !== 'int32' || !sameShape(n!.shape, key!.shape.slice(0, -1))) {
      refuse('foldIn', `the number is ${n!.dtype} ${showShape(n!.shape)}; it must be int32, one for each key`)
    }
    return [key!]
  },
  kernel:
    () =>
    ([key, n], [y]) => {
      for (let k = 0; k < n!.length; k++) y!.set(threefry(key![2 * k]!, key![2 * k + 1]!, 1, n![k]!), 2 * k)
    },
  derivative: { kind: 'none' },
  batch: (inputs, batched, _attrs, size) => [apply1(foldInOp, spread(inputs, batched, size), {})],
}

function checkKey(name: string, { shape, dtype }: Spec): void {
  if (dtype !== 'int32' || shape.at(-1) !== 2) {
    refuse(name, `the key is ${dtype} ${showShape(shape)}; make one with randomKey(seed), which is int32 [2]`)
  }
}
