import { tensor, type Tensor } from '@tapeloop/core'

/** One array of numbers for each leaf. */
export type Arrays = readonly Float64Array[]

/** A sum of products, and the sum of their absolute values: what rounding errors are relative to. */
export interface Dot {
  readonly value: number
  readonly scale: number
}

/** ⟨a, b⟩ over all arrays. */
export function dot(a: Arrays, b: Arrays): Dot {
  let value = 0
  let scale = 0
  a.forEach((array, i) =>
    array.forEach((entry, j) => {
      const term = entry * b[i]![j]!
      value += term
      scale += Math.abs(term)
    }),
  )
  return { value, scale }
}

/**
 * Numbers in ±[½, 1] for each element: no element counts for nothing. From the low bits of a seed, by the generator
 * splitmix32, which shares no code with the library's own.
 */
export function randomLike(models: readonly Tensor[], seed: number): Arrays {
  let state = Math.imul(seed, 0x9e3779b9) | 0
  const next = () => {
    state = (state + 0x9e3779b9) | 0
    let z = state ^ (state >>> 16)
    z = Math.imul(z, 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32
  }
  return models.map(({ size }) => Float64Array.from({ length: size }, () => signed(next() - 0.5)))
}

function signed(unit: number): number {
  return unit + (unit < 0 ? -0.5 : 0.5)
}

/** x + step · direction, as new tensors. */
export function shifted(at: readonly Tensor[], along: Arrays, step: number): readonly Tensor[] {
  return at.map((x, i) => {
    const moved = Float64Array.from(x.dataSync(), (value, j) => value + step * along[i]![j]!)
    return tensor(moved, { shape: x.shape })
  })
}
