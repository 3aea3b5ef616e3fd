import { fromNumbers, numbersOf, type Tensor } from '../tensor.js'
import { refuse } from '../errors.js'
import type { Operand } from '../ops/arithmetic.js'
import { take } from '../ops/indexing.js'
import { reshape } from '../ops/movement.js'
import { sameShape, showShape } from '../shape.js'
import { checkMask, checkTensor } from './check.js'
import { where } from './elementwise.js'

/** x with `value` where the bool mask is true, with broadcasting; those places get gradient 0. */
export function maskedFill(x: Tensor, mask: Tensor, value: Operand): Tensor {
  checkTensor('maskedFill', x)
  checkMask('maskedFill', mask)
  return where(mask, value, x)
}

/**
 * The elements of x where a mask of the same shape is true, in row-major order, as a vector. Its length depends on the
 * numbers of the mask, so those must exist.
 *
 * @throws where the mask is traced: the shapes of a traced function are fixed
 */
export function maskedSelect(x: Tensor, mask: Tensor): Tensor {
  checkTensor('maskedSelect', x)
  checkMask('maskedSelect', mask)
  if (!sameShape(x.shape, mask.shape)) {
    refuse(
      'maskedSelect',
      `the mask has shape ${showShape(mask.shape)}, the tensor ${showShape(x.shape)}; make them equal`,
    )
  }
  if (mask.level > 0) {
    refuse(
      'maskedSelect',
      'the length of the result depends on the numbers of the mask, which a traced function does not have; ' +
        'use where(…) with the mask, or select outside compile, vmap and scan',
    )
  }
  const places: number[] = []
  numbersOf(mask).forEach((chosen, place) => chosen !== 0 && places.push(place))
  return take(reshape(x, [x.size]), fromNumbers(Int32Array.from(places), [places.length], 'int32'))
}
