import { grad, iota, refuse, vmap, zeros, type Tensor } from '@tapeloop/core'

/** Which path is integrated along, and how finely. */
export interface IntegratedGradientsOptions {
  /** what stands for "nothing", like x; zeros unless given */
  readonly baseline?: Tensor
  /** points of the path at which the gradient is taken; 32 unless said */
  readonly steps?: number
}

/**
 * How much each number of an input contributed to a value, relative to a baseline: the gradient averaged over the straight
 * path from the baseline to the input, times the difference (Sundararajan, Taly & Yan 2017; midpoint rule). The
 * contributions add up to f(x) - f(baseline), up to the error of the rule.
 *
 * @param f a scalar of a tensor like x; called once, while a graph is traced
 * @returns contributions like x
 * @throws where the count of steps is no whole number from 1
 */
export function integratedGradients(
  f: (x: Tensor) => Tensor,
  x: Tensor,
  { baseline = zeros(x.shape, x.dtype), steps = 32 }: IntegratedGradientsOptions = {},
): Tensor {
  if (!Number.isInteger(steps) || steps < 1) {
    refuse('integratedGradients', `steps is ${steps}; it must be a whole number from 1`)
  }
  const difference = x.sub(baseline)
  const places = iota(steps).cast(x.dtype).add(0.5).div(steps)
  const at = (place: Tensor) => grad(f)(baseline.add(difference.mul(place)))
  return vmap(at)(places).mean(0).mul(difference)
}
