import { isFloat } from '../dtype.js'
import { refuse } from '../errors.js'
import { refuseAsTensor, Tensor } from '../tensor.js'

/** Refuses what is not a float tensor, in the name of the function that the user called. */
export function checkFloat(where: string, x: Tensor): void {
  checkTensor(where, x)
  if (!isFloat(x.dtype)) refuse(where, `the tensor is ${x.dtype}; cast it to float32 or float64 first`)
}

/** Refuses what is not a tensor. */
export function checkTensor(where: string, x: unknown): asserts x is Tensor {
  if (!(x instanceof Tensor)) refuseAsTensor(where, 'the operand', x, describe(x))
}

/** Refuses what is not a whole number from `least`. */
export function checkCount(where: string, name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) {
    refuse(where, `${name} is ${value}; it must be a whole number from ${least}`)
  }
}

/** Refuses indices of another dtype than int32. */
export function checkIndices(where: string, indices: Tensor): void {
  checkTensor(where, indices)
  if (indices.dtype !== 'int32') refuse(where, `the indices are ${indices.dtype}; cast them to int32`)
}

/** Refuses a mask that is not bool. */
export function checkMask(where: string, mask: Tensor): void {
  checkTensor(where, mask)
  if (mask.dtype !== 'bool') {
    refuse(where, `the mask is ${mask.dtype}; compare it with something to get a bool`)
  }
}

function describe(x: unknown): string {
  return typeof x === 'object' && x !== null ? `a ${x.constructor?.name ?? 'record'}` : String(x)
}
