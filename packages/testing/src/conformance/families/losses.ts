import { moveAxis, type Tensor } from '@tapeloop/core'
import { crossEntropy, meanSquaredError, type Reduction } from '@tapeloop/layers'
import { unsupported } from '../format.js'
import { numberOf, textOf, type OpCall } from '../op-call.js'
import { given, programs } from '../program.js'

type Loss = (call: Pick<OpCall, 'config' | 'tensors'>, reduction: Reduction) => Tensor

const rules: Readonly<Record<string, Loss>> = {
  cross_entropy({ config, tensors }, reduction) {
    const [logits, targets] = [given(tensors, 'input'), given(tensors, 'target')]
    const { weight } = tensors
    // classes are axis 1 there, the last axis here
    const last = (x: Tensor) => (x.rank > 1 ? moveAxis(x, 1, x.rank - 1) : x)
    return crossEntropy(last(logits), targets.dtype === 'int32' ? targets : last(targets), {
      reduction,
      labelSmoothing: numberOf(config, 'label_smoothing', 0),
      ...(config['ignore_index'] !== undefined && { ignoreIndex: numberOf(config, 'ignore_index') }),
      ...(weight && { classWeights: weight }),
    })
  },
  mse_loss: ({ tensors }, reduction) =>
    meanSquaredError(given(tensors, 'input'), given(tensors, 'target'), { reduction }),
}

/** torch.nn.functional's losses. */
export const losses = programs(({ config }) => {
  const op = textOf(config, 'op')
  const loss = rules[op] ?? unsupported(`the loss ${op}`)
  const reduction = textOf(config, 'reduction', 'mean')
  if (reduction !== 'mean' && reduction !== 'sum' && reduction !== 'none') {
    unsupported(`the reduction ${reduction} of ${op}`)
  }
  return (tensors) => ({ loss: loss({ config, tensors }, reduction as Reduction) })
})
