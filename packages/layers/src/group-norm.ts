import { refuse, standardize, type DType, type Tensor } from '@tapeloop/core'
import { checkFeatures, checkSizes, showShape } from './check.js'
import { checkEpsilon, normSpecs, type LayerNormParams } from './layer-norm.js'
import { checkParams, drawParams } from './params.js'

/**
 * Features in groups of neighbours; each group of each row, over all its steps, is brought to mean 0 and variance 1, then
 * every feature scaled and shifted (Wu & He 2018, section 3.1). x `[batch, …, size]`; it sees later steps.
 *
 * @throws where a size is not a whole number from 1, the groups do not divide `size`, or `epsilon` is not positive;
 *   `apply` throws where x has other features
 */
export function groupNorm({
  size,
  groups,
  epsilon = 1e-5,
}: {
  size: number
  groups: number
  epsilon?: number
}) {
  checkSizes('groupNorm', { size, groups })
  checkEpsilon('groupNorm', epsilon)
  if (size % groups !== 0) refuse('groupNorm', `${groups} groups do not divide ${size} features evenly`)
  const specs = normSpecs(size)
  return {
    inputSize: size,
    outputSize: size,
    init: (key: Tensor, dtype: DType = 'float32'): LayerNormParams => drawParams(specs, key, dtype),
    apply(params: LayerNormParams, x: Tensor): Tensor {
      checkFeatures('groupNorm', x, size)
      if (x.rank < 2) refuse('groupNorm', `x has shape ${showShape(x.shape)}; it must be [batch, …, ${size}]`)
      const { gain, bias } = checkParams('groupNorm', specs, params, x.dtype)
      const grouped = x.reshape([...x.shape.slice(0, -1), groups, size / groups])
      // all but the rows and the groups
      const axes = grouped.shape
        .map((_, axis) => axis)
        .filter((axis) => axis !== 0 && axis !== grouped.rank - 2)
      return standardize(grouped, axes, { epsilon }).reshape(x.shape).mul(gain).add(bias)
    },
  }
}
