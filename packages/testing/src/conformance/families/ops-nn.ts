import { flattenAxes, full, glu, leakyRelu, permute, reshape, swapAxes, type Tensor } from '@tapeloop/core'
import {
  averagePool,
  batchNorm,
  conv1d,
  embedding,
  groupNorm,
  layerNorm,
  maxPool,
  rmsNorm,
  type PoolOptions,
} from '@tapeloop/layers'
import { given } from '../program.js'
import { flagOf, numberOf, numbersOf, type OpCall, type OpRules } from '../op-call.js'

/** Functions that networks are made of. */
export const nnRules: OpRules = {
  layer_norm: normalise,
  glu: ({ list, config }) => glu(list[0]!, numberOf(config, 'dim', -1)),
  prelu({ tensors }) {
    const [x, weight] = [given(tensors, 'x'), given(tensors, 'weight')]
    // one slope for each channel, axis 1
    return leakyRelu(x, weight.size === 1 ? weight : reshape(weight, [-1, ...x.shape.slice(2).map(() => 1)]))
  },
  embedding({ tensors, config }) {
    const padding = config['padding_idx'] === undefined ? {} : { padding: numberOf(config, 'padding_idx') }
    const table = given(tensors, 'weight')
    const [count, size] = table.shape as [number, number]
    return embedding({ count, size, ...padding }).apply({ table }, given(tensors, 'index'))
  },
  'x / sqrt(mean(x^2, -1) + eps) * weight': ({ tensors, config }) => {
    const [x, gain] = [given(tensors, 'x'), given(tensors, 'weight')]
    return rmsNorm({ size: gain.size, epsilon: numberOf(config, 'eps') }).apply({ gain }, x)
  },
  batch_norm({ tensors, config }) {
    const x = given(tensors, 'x')
    const state = { mean: tensors['running_mean']!, variance: tensors['running_var']! }
    const layer = batchNorm({ size: x.shape[1]!, epsilon: numberOf(config, 'eps') })
    return layer.apply(gainAndBias(tensors), x, flagOf(config, 'training', false) ? {} : { state })
  },
  group_norm({ tensors, config }) {
    const x = given(tensors, 'x')
    const [groups, epsilon] = [numberOf(config, 'num_groups'), numberOf(config, 'eps')]
    const layer = groupNorm({ size: x.shape[1]!, groups, epsilon })
    return channelsLast(x, (x) => layer.apply(gainAndBias(tensors), x))
  },
  max_pool1d: ({ list, config }) => channelsLast(list[0]!, (x) => maxPool(x, windowsOf(config))),
  avg_pool1d: ({ list, config }) => channelsLast(list[0]!, (x) => averagePool(x, windowsOf(config))),
  conv1d: (call) => convolve(call, numberOf(call.config, 'padding', 0)),
  'conv1d of x padded by (k-1)*dilation on the left': (call) => convolve(call, 'causal'),
}

function gainAndBias(tensors: OpCall['tensors']) {
  return { gain: given(tensors, 'weight'), bias: given(tensors, 'bias') }
}

function windowsOf(config: OpCall['config']): PoolOptions {
  return {
    size: numberOf(config, 'kernel'),
    stride: numberOf(config, 'stride'),
    padding: numberOf(config, 'padding', 0),
  }
}

function convolve({ tensors, config }: OpCall, padding: number | 'causal'): Tensor {
  const [weight, bias] = [given(tensors, 'weight'), tensors['bias']]
  const [outputSize, , window] = weight.shape as [number, number, number]
  return channelsLast(given(tensors, 'x'), (x) =>
    conv1d({
      inputSize: x.shape[2]!,
      outputSize,
      window,
      padding,
      stride: numberOf(config, 'stride', 1),
      dilation: numberOf(config, 'dilation', 1),
      groups: numberOf(config, 'groups', 1),
      bias: bias !== undefined,
    }).apply({ kernel: permute(weight, [2, 1, 0]), ...(bias && { bias }) }, x),
  )
}

/** PyTorch has time last, `[batch, channels, time]`. */
function channelsLast(x: Tensor, f: (x: Tensor) => Tensor): Tensor {
  return swapAxes(f(swapAxes(x, 1, 2)), 1, 2)
}

/** Over the last axes, which the layer sees as one; without weights they are ones and zeros. */
function normalise({ tensors, config }: OpCall): Tensor {
  const x = given(tensors, 'x')
  const axes = config['normalized_shape'] === undefined ? 1 : numbersOf(config, 'normalized_shape').length
  const joined = flattenAxes(x, x.rank - axes)
  const size = joined.shape.at(-1)!
  const vector = (name: string, fallback: number) =>
    tensors[name]?.reshape([size]) ?? full(fallback, [size], x.dtype)
  const layer = layerNorm({ size, epsilon: numberOf(config, 'eps', 1e-5) })
  return reshape(layer.apply({ gain: vector('weight', 1), bias: vector('bias', 0) }, joined), x.shape)
}
