import { cos, exp, expm1, log, neg, sin, split, sqrt, uniform, type Shape } from '@tapeloop/core'
import { defineCell } from '../cell.js'
import { glorotUniform, normalInit, type Initializer } from '../initializer.js'

/**
 * Linear recurrent unit: complex numbers that turn and shrink by themselves and add up the input, with no product and no
 * nonlinearity between one step and the next; what is made of them stands outside. Real parts come before imaginary
 * ones in both kernels.
 */
export const lru = defineCell({
  name: 'lru',
  title: 'Linear recurrent unit',
  cite: ['orvieto2023'],
  equations: String.raw`
    \begin{aligned}
    \lambda &= \exp(-e^\nu + i e^\theta) \qquad s_t = \lambda \odot s_{t-1} + \sqrt{1 - |\lambda|^2} \odot B x_t \\
    h_t &= \mathrm{Re}(C s_t) + D x_t
    \end{aligned}`,
  options: {
    largestRadius: { type: 'number', default: 0.99, min: 0.1, max: 0.999, doc: 'largest |λ| at first' },
    largestAngle: { type: 'number', default: 6.28, min: 0.1, max: 6.28, doc: 'largest angle of λ at first' },
  },
  outputSize: ({ hiddenSize }) => hiddenSize,
  state: ({ hiddenSize }) => ({ real: [hiddenSize], imaginary: [hiddenSize] }),
  params: ({ inputSize, hiddenSize: H }, { largestRadius, largestAngle }) => ({
    // uniform on the ring of the complex plane: |λ|² is uniform
    decay: drawn([H], largestRadius ** 2, (square) => log(log(square).mul(-0.5))),
    angle: drawn([H], largestAngle, log),
    kernel: normalInit(1 / Math.sqrt(2 * inputSize), [inputSize, 2 * H]),
    outputKernel: normalInit(1 / Math.sqrt(H), [2 * H, H]),
    shortcutKernel: glorotUniform([inputSize, H]),
  }),
  step({ decay, angle, kernel, outputKernel, shortcutKernel }, { real, imaginary }, x) {
    const [shrink, turn] = [neg(exp(decay)), exp(angle)]
    const [a, b] = [exp(shrink).mul(cos(turn)), exp(shrink).mul(sin(turn))]
    const scale = sqrt(neg(expm1(shrink.mul(2))))
    const [inReal, inImaginary] = split(x.matmul(kernel), 2)
    const realNext = a.mul(real).sub(b.mul(imaginary)).add(scale.mul(inReal))
    const imaginaryNext = a.mul(imaginary).add(b.mul(real)).add(scale.mul(inImaginary))
    const [outReal, outImaginary] = split(outputKernel, 2, 0)
    const y = realNext.matmul(outReal).sub(imaginaryNext.matmul(outImaginary)).add(x.matmul(shortcutKernel))
    return { real: realNext, imaginary: imaginaryNext, y }
  },
})

/** A function of numbers uniform between nearly 0 and `high`. */
function drawn(
  shape: Shape,
  high: number,
  f: (x: ReturnType<typeof log>) => ReturnType<typeof log>,
): Initializer {
  return { shape, draw: (key, dtype) => f(uniform(key, shape, { low: high / 1000, high, dtype })) }
}
