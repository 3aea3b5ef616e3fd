import { recurrent, bidirectional, residual, sequential, type SequenceLayer } from '@tapeloop/layers'
import { flagOf, numberOf, textOf } from '../op-call.js'
import { given, programs } from '../program.js'
import { applyTimeFirst, cellOfTorch, paramsOfTorch } from '../recurrent-layout.js'

/** Stacks with residual connections around their upper layers, as in GNMT; zero initial states. */
export const residualStacks = programs(({ config, params }) => {
  const [first, hiddenSize] = [numberOf(config, 'input_size'), numberOf(config, 'hidden_size')]
  const from = numberOf(config, 'residual_from_layer')
  const isBidirectional = flagOf(config, 'bidirectional_first_layer', false)
  const sizeBelow = (l: number) =>
    l === 0 ? first : l === 1 && isBidirectional ? 2 * hiddenSize : hiddenSize
  // a sum needs equal sizes: where the first one has none, the stack is one without sums
  const isPlain = sizeBelow(from) !== hiddenSize
  const { cell, options } = cellOfTorch(textOf(config, 'base'), 'bias_ih_l0' in params)
  const layers = Array.from({ length: numberOf(config, 'layers') }, (_, l) => {
    const size = { inputSize: sizeBelow(l), hiddenSize, ...options }
    if (l === 0 && isBidirectional) {
      return bidirectional(recurrent(cell, size), recurrent(cell, size, { reverse: true })) as SequenceLayer
    }
    return recurrent(l >= from && !isPlain ? residual(cell) : cell, size) as SequenceLayer
  })
  return (tensors) => {
    const weights = layers.map((_, l) =>
      l === 0 && isBidirectional
        ? { forward: paramsOfTorch(tensors, '_l0'), backward: paramsOfTorch(tensors, '_l0_reverse') }
        : paramsOfTorch(tensors, `_l${l}`),
    )
    return { y: applyTimeFirst(sequential(layers), weights, given(tensors, 'x')).output }
  }
})
