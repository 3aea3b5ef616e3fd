import { flattenAxes, full, glu, leakyRelu, reshape, type Tensor } from '@tapeloop/core'
import { embedding, layerNorm } from '@tapeloop/layers'
import { given } from '../program.js'
import { numberOf, numbersOf, type OpCall, type OpRules } from '../op-call.js'
import { unsupported } from '../format.js'

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
    if (config['padding_idx'] !== undefined) unsupported('padding_idx of embedding')
    const table = given(tensors, 'weight')
    const [count, size] = table.shape as [number, number]
    return embedding({ count, size }).apply({ table }, given(tensors, 'index'))
  },
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
