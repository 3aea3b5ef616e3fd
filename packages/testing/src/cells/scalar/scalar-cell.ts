/** Numbers of one row. */
export type Vector = readonly number[]
/** Rows of numbers, `[in][out]`. */
export type Matrix = readonly Vector[]

/**
 * A cell once more, for one row of a batch at a time, in plain loops over numbers written straight from its equations.
 * Golden numbers are made by it. It shares no code with the cell, with tensors or with autodiff, and so is slow, long
 * and easy to check by eye.
 */
export interface ScalarCell {
  /** where the equations stand */
  readonly source: string
  /** One step: the next state and the output, from nested arrays with the names that the cell gives them. */
  step(
    params: object,
    state: object,
    x: Vector,
    options: object,
  ): { readonly state: Record<string, Vector | Matrix>; readonly output: Vector }
}

/** Σ x[k] · kernel[k][column]. */
export function weigh(x: Vector, kernel: Matrix, column: number): number {
  let sum = 0
  for (let k = 0; k < x.length; k++) sum += x[k]! * kernel[k]![column]!
  return sum
}

/** The entry of a vector, 0 where the vector is absent. */
export function entry(vector: Vector | undefined, at: number): number {
  return vector === undefined ? 0 : vector[at]!
}

/** 1 / (1 + e⁻ᵃ). */
export function logistic(a: number): number {
  return 1 / (1 + Math.exp(-a))
}

/** A vector from its entries. */
export function vector(size: number, at: (index: number) => number): Vector {
  const entries: number[] = []
  for (let index = 0; index < size; index++) entries.push(at(index))
  return entries
}
