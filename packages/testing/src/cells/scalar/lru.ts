import { vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly decay: Vector
  readonly angle: Vector
  readonly kernel: Matrix
  readonly outputKernel: Matrix
  readonly shortcutKernel: Matrix
}

interface State {
  readonly real: Vector
  readonly imaginary: Vector
}

export const lru: ScalarCell = {
  source:
    'Orvieto et al. 2023, section 3, exponential parametrisation and γ-normalisation; real blocks first',
  step({ decay, angle, kernel, outputKernel, shortcutKernel }: Params, { real, imaginary }: State, x) {
    const size = real.length
    const radius = (k: number) => Math.exp(-Math.exp(decay[k]!))
    const [a, b] = [Math.cos, Math.sin].map((part) => (k: number) => radius(k) * part(Math.exp(angle[k]!)))
    const scale = (k: number) => Math.sqrt(1 - radius(k) ** 2)
    const nextReal = vector(
      size,
      (k) => a!(k) * real[k]! - b!(k) * imaginary[k]! + scale(k) * weigh(x, kernel, k),
    )
    const nextImaginary = vector(
      size,
      (k) => b!(k) * real[k]! + a!(k) * imaginary[k]! + scale(k) * weigh(x, kernel, size + k),
    )
    const [outReal, outImaginary] = [outputKernel.slice(0, size), outputKernel.slice(size)]
    const output = vector(
      size,
      (k) =>
        weigh(nextReal, outReal, k) - weigh(nextImaginary, outImaginary, k) + weigh(x, shortcutKernel, k),
    )
    return { state: { real: nextReal, imaginary: nextImaginary }, output }
  },
}
