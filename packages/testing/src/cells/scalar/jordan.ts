import { entry, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly kernel: Matrix
  readonly recurrentKernel: Matrix
  readonly outputKernel: Matrix
  readonly bias?: Vector
  readonly outputBias?: Vector
}

export const jordan: ScalarCell = {
  source: 'Jordan 1986: the output feeds back through units that keep a part of what they held',
  step(
    { kernel, recurrentKernel, outputKernel, bias, outputBias }: Params,
    { trace }: { trace: Vector },
    x,
    { decay }: { decay: number },
  ) {
    const units = kernel[0]!.length
    const h = vector(units, (k) =>
      Math.tanh(weigh(x, kernel, k) + weigh(trace, recurrentKernel, k) + entry(bias, k)),
    )
    const output = vector(trace.length, (k) => Math.tanh(weigh(h, outputKernel, k) + entry(outputBias, k)))
    return { state: { trace: vector(trace.length, (k) => decay * trace[k]! + output[k]!) }, output }
  },
}
