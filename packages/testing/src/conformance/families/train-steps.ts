import { compile, slice, swapAxes, valueAndGrad, type Tensor } from '@tapeloop/core'
import { crossEntropy, embedding, linear, recurrent, type SequenceLayer } from '@tapeloop/layers'
import type { OptimizerState } from '@tapeloop/train'
import { compareNumbers } from '../compare.js'
import { isRecord, toTensors } from '../format.js'
import { numberOf, textOf } from '../op-call.js'
import { compareTensor, given, type Family } from '../program.js'
import { cellOfTorch, paramsOfTorch } from '../recurrent-layout.js'
import { clipAsTorch, compareStep, optimizerOfTorch, stepsOf } from './optimizers.js'

type Params = Readonly<Record<string, Tensor>>

/** Training of embedding → recurrent layer → linear on given tokens: loss and norm of every step, and what is left. */
export const trainingRuns: Family = ({ config, inputs, params: start, outputs, loss, grads }, { dtype }) => {
  const [count, size, hiddenSize] = [numberOf(config, 'V'), numberOf(config, 'D'), numberOf(config, 'H')]
  const { cell, options } = cellOfTorch(textOf(config, 'cell'), 'rnn.bias_ih_l0' in start)
  const table = embedding({ count, size })
  const layer = recurrent(cell, { inputSize: size, hiddenSize, ...options }) as SequenceLayer
  const head = linear({ inputSize: hiddenSize, outputSize: count })
  const lossOf = (params: Params, tokens: Tensor) => {
    const x = table.apply({ table: given(params, 'emb') }, slice(tokens, [null, [0, -1]]))
    const { output } = layer.apply(paramsOfTorch(params, '_l0', 'rnn.'), x)
    const kernel = swapAxes(given(params, 'dec.weight'), 0, 1)
    return crossEntropy(
      head.apply({ kernel, bias: given(params, 'dec.bias') }, output),
      slice(tokens, [null, [1]]),
    )
  }
  const optimizer = optimizerOfTorch(textOf(config, 'optimizer'), { lr: numberOf(config, 'lr') })
  const step = compile((params: Params, state: OptimizerState, tokens: Tensor) => {
    const [loss, raw] = valueAndGrad(lossOf)(params, tokens)
    const { gradients, norm } = clipAsTorch(config, raw)
    return {
      ...optimizer.update(gradients, state, params),
      results: { loss, ...(norm && { total_norm: norm }) },
    }
  })
  const batches = given(toTensors(inputs, dtype), 'tokens')
  const batch = (i: number) => slice(batches, [i])
  let params: Params = toTensors(start, dtype)
  const [firstLoss, firstGradients] = valueAndGrad(lossOf)(params, batch(0))
  const checks = [
    compareNumbers('loss', firstLoss.dataSync(), [loss]),
    ...Object.entries(grads).map(([name, expected]) =>
      compareTensor(`gradient of ${name}`, firstGradients[name], expected),
    ),
  ]
  let state = optimizer.init(params)
  stepsOf(outputs).forEach((expected, i) => {
    const { results, ...after } = step(params, state, batch(i))
    ;({ params, state } = after)
    checks.push(...compareStep(`step ${i}`, results, expected))
  })
  const final = outputs['final_params']
  return isRecord(final) ? [...checks, ...compareStep('after the last step', params, final)] : checks
}
