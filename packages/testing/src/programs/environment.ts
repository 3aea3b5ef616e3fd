import { broadcastTo, isFloat, type Tensor } from '@tapeloop/core'

/** Values of more elements are not made: programs stay quick to run and to read. */
export const largest = 128

/**
 * What a program can refer to while it is built, the newest last. A choice is any whole number; it stands for a fitting
 * value, 0 for the newest, so that a program stays one when a step is left out.
 */
export interface Environment {
  readonly values: Tensor[]
  /** the body of how many loops this is */
  readonly depth: number
  add(value: Tensor): void
  /** a float value, narrowed to those that fit; null if there is none */
  float(choice: number, fits?: (value: Tensor) => boolean): Tensor | null
  int(choice: number, fits?: (value: Tensor) => boolean): Tensor | null
  bool(choice: number, fits?: (value: Tensor) => boolean): Tensor | null
}

export function environment(start: readonly Tensor[], depth: number): Environment {
  const values = [...start]
  const choose = (
    choice: number,
    isKind: (value: Tensor) => boolean,
    fits: (value: Tensor) => boolean = () => true,
  ) => {
    const candidates = values.filter((value) => isKind(value) && fits(value))
    // two of three choices fall on the newest values, so that steps build on one another
    const range = choice % 3 === 2 ? candidates.length : Math.min(3, candidates.length)
    return candidates[candidates.length - 1 - (Math.floor(choice / 3) % range)] ?? null
  }
  return {
    values,
    depth,
    add(value) {
      if (value.size <= largest && value.size > 0) values.push(value)
    },
    float: (choice, fits) => choose(choice, ({ dtype }) => isFloat(dtype), fits),
    int: (choice, fits) => choose(choice, ({ dtype }) => dtype === 'int32', fits),
    bool: (choice, fits) => choose(choice, ({ dtype }) => dtype === 'bool', fits),
  }
}

/** The shape two shapes broadcast to; null where they do not. */
export function commonShape(a: readonly number[], b: readonly number[]): number[] | null {
  const rank = Math.max(a.length, b.length)
  const shape = Array.from({ length: rank }, (_, i) => {
    const [x, y] = [a[i - (rank - a.length)] ?? 1, b[i - (rank - b.length)] ?? 1]
    return x === y || y === 1 ? x : x === 1 ? y : -1
  })
  return shape.includes(-1) ? null : shape
}

/** Whether a value can be stretched to a shape. */
export function fitsInto(shape: readonly number[]): (value: Tensor) => boolean {
  return (value) => commonShape(value.shape, shape)?.join() === shape.join()
}

/** A float value stretched to a shape; there is always one where the environment holds a value of that shape. */
export function floatLike(env: Environment, choice: number, shape: readonly number[]): Tensor | null {
  const value = env.float(choice, fitsInto(shape))
  return value && broadcastTo(value, shape)
}
