import { isFloat, refuse, type Shape, type Tensor } from '@tapeloop/core'

/** Refuses sizes that are not whole numbers from 1. */
export function checkSizes(where: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(sizes)) {
    if (!Number.isInteger(value) || value < 1)
      refuse(where, `${name} is ${value}; it must be a whole number from 1`)
  }
}

/** Refuses an input that is not float, or has another number of features on its last axis. */
export function checkFeatures(where: string, x: Tensor, size: number): void {
  checkFloat(where, 'x', x)
  if (x.shape.at(-1) !== size) {
    refuse(where, `x has shape ${showShape(x.shape)}; its last axis must have ${size} features`)
  }
}

/** Refuses what has no derivative. */
export function checkFloat(where: string, name: string, x: Tensor): void {
  if (!isFloat(x.dtype)) refuse(where, `${name} is ${x.dtype}; cast it to float32 or float64`)
}

/** Refuses lengths that are not one int32 for each row. */
export function checkLengths(where: string, lengths: Tensor, batchSize: number): void {
  if (lengths.dtype !== 'int32' || lengths.rank !== 1 || lengths.shape[0] !== batchSize) {
    refuse(
      where,
      `lengths is ${lengths.dtype} ${showShape(lengths.shape)}; it must be int32 [${batchSize}], one for each row of x`,
    )
  }
}

/** A mask `[batch]` with axes of size 1, so that it masks whole rows of a tensor. */
export function columnOf(mask: Tensor, like: Tensor): Tensor {
  return mask.reshape([mask.shape[0]!, ...like.shape.slice(1).map(() => 1)])
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis])
}

export function showShape(shape: Shape): string {
  return `[${shape.join(', ')}]`
}
