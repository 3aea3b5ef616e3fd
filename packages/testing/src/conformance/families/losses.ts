import { moveAxis, swapAxes, type Tensor } from '@tapeloop/core'
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  cosineEmbeddingLoss,
  crossEntropy,
  ctcLoss,
  gaussianNegativeLogLikelihood,
  huberLoss,
  klDivergence,
  marginRankingLoss,
  meanAbsoluteError,
  meanSquaredError,
  negativeLogLikelihood,
  poissonNegativeLogLikelihood,
  smoothL1Loss,
  tripletMarginLoss,
  type ClassOptions,
  type Reduction,
} from '@tapeloop/layers'
import { unsupported } from '../format.js'
import { flagOf, numberOf, textOf, type OpCall } from '../op-call.js'
import { given, programs } from '../program.js'

type Call = Pick<OpCall, 'config' | 'tensors'>
type Loss = (call: Call, reduction: Reduction) => Tensor

const pairOf = ({ tensors }: Call) => [given(tensors, 'input'), given(tensors, 'target')] as const

/** Classes are axis 1 there, the last axis here. */
const classesLast = (x: Tensor) => (x.rank > 1 ? moveAxis(x, 1, x.rank - 1) : x)

const classOptions = ({ config, tensors: { weight } }: Call): ClassOptions => ({
  ...(config['ignore_index'] !== undefined && { ignoreIndex: numberOf(config, 'ignore_index') }),
  ...(weight && { classWeights: weight }),
})

const rules: Readonly<Record<string, Loss>> = {
  cross_entropy(call, reduction) {
    const [logits, targets] = pairOf(call)
    return crossEntropy(classesLast(logits), targets.dtype === 'int32' ? targets : classesLast(targets), {
      ...classOptions(call),
      reduction,
      labelSmoothing: numberOf(call.config, 'label_smoothing', 0),
    })
  },
  nll_loss(call, reduction) {
    const [logProbabilities, targets] = pairOf(call)
    return negativeLogLikelihood(classesLast(logProbabilities), targets, { ...classOptions(call), reduction })
  },
  mse_loss: (call, reduction) => meanSquaredError(...pairOf(call), { reduction }),
  l1_loss: (call, reduction) => meanAbsoluteError(...pairOf(call), { reduction }),
  huber_loss: (call, reduction) =>
    huberLoss(...pairOf(call), { delta: numberOf(call.config, 'delta', 1), reduction }),
  smooth_l1_loss: (call, reduction) =>
    smoothL1Loss(...pairOf(call), { beta: numberOf(call.config, 'beta', 1), reduction }),
  binary_cross_entropy_with_logits(call, reduction) {
    const { weight, pos_weight: positiveWeight } = call.tensors
    const options = { reduction, ...(weight && { weight }), ...(positiveWeight && { positiveWeight }) }
    return binaryCrossEntropyWithLogits(...pairOf(call), options)
  },
  binary_cross_entropy(call, reduction) {
    const { weight } = call.tensors
    return binaryCrossEntropy(...pairOf(call), { reduction, ...(weight && { weight }) })
  },
  kl_div: (call, reduction) =>
    klDivergence(...pairOf(call), {
      reduction: textOf(call.config, 'reduction', 'mean') === 'batchmean' ? 'batchMean' : reduction,
    }),
  poisson_nll_loss: (call, reduction) =>
    poissonNegativeLogLikelihood(...pairOf(call), {
      reduction,
      logRates: flagOf(call.config, 'log_input', true),
      epsilon: numberOf(call.config, 'eps', 1e-8),
      full: flagOf(call.config, 'full', false),
    }),
  gaussian_nll_loss(call, reduction) {
    const [means, targets] = pairOf(call)
    return gaussianNegativeLogLikelihood(means, given(call.tensors, 'var'), targets, {
      reduction,
      epsilon: numberOf(call.config, 'eps', 1e-6),
      full: flagOf(call.config, 'full', false),
    })
  },
  margin_ranking_loss: ({ config, tensors }, reduction) =>
    marginRankingLoss(given(tensors, 'x1'), given(tensors, 'x2'), given(tensors, 'y'), {
      reduction,
      margin: numberOf(config, 'margin', 0),
    }),
  cosine_embedding_loss: ({ config, tensors }, reduction) =>
    cosineEmbeddingLoss(given(tensors, 'x1'), given(tensors, 'x2'), given(tensors, 'y'), {
      reduction,
      margin: numberOf(config, 'margin', 0),
    }),
  triplet_margin_loss: ({ config, tensors }, reduction) =>
    tripletMarginLoss(given(tensors, 'a'), given(tensors, 'p'), given(tensors, 'n'), {
      reduction,
      margin: numberOf(config, 'margin', 1),
      order: numberOf(config, 'p', 2),
      epsilon: numberOf(config, 'eps', 1e-6),
    }),
  ctc_loss: ({ config, tensors }, reduction) =>
    ctcLoss(swapAxes(given(tensors, 'logits'), 0, 1), given(tensors, 'targets'), {
      reduction,
      inputLengths: given(tensors, 'input_lengths'),
      targetLengths: given(tensors, 'target_lengths'),
      blank: numberOf(config, 'blank', 0),
      zeroInfinity: flagOf(config, 'zero_infinity', false),
    }),
}

/** torch.nn.functional's losses. */
export const losses = programs(({ config }) => {
  const op = textOf(config, 'op')
  const loss = rules[op] ?? unsupported(`the loss ${op}`)
  return (tensors) => ({ loss: loss({ config, tensors }, reductionOf(config)) })
})

/** A reduction that only one loss has is left to its rule. */
function reductionOf(config: OpCall['config']): Reduction {
  const reduction = textOf(config, 'reduction', 'mean')
  if (reduction === 'batchmean' && config['op'] === 'kl_div') return 'mean'
  return reduction === 'mean' || reduction === 'sum' || reduction === 'none'
    ? reduction
    : unsupported(`the reduction ${reduction}`)
}
