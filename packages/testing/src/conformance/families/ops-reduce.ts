import {
  argmax,
  argmin,
  cumprod,
  cumsum,
  expandDims,
  logCumSumExp,
  logSoftmax,
  logSumExp,
  max,
  maxWithIndex,
  mean,
  median,
  min,
  minWithIndex,
  norm,
  prod,
  softmax,
  standardDeviation,
  sum,
  variance,
  type Ranked,
  type Tensor,
} from '@tapeloop/core'
import { flagOf, numberOf, numbersOf, type OpCall, type OpRule, type OpRules } from '../op-call.js'

type Reduction = (
  x: Tensor,
  axes: number | readonly number[] | undefined,
  options: { keepDims: boolean },
) => Tensor

const reductions: Readonly<Record<string, Reduction>> = {
  sum,
  mean,
  prod,
  amax: max,
  amin: min,
  logsumexp: logSumExp,
}

const ranked: Readonly<Record<string, (x: Tensor, axis: number) => Ranked>> = {
  max: maxWithIndex,
  min: minWithIndex,
  median,
}

const alongAxis: Readonly<Record<string, (x: Tensor, axis: number) => Tensor>> = {
  softmax,
  log_softmax: logSoftmax,
  cumsum,
  cumprod,
  logcumsumexp: logCumSumExp,
}

/** Reductions, softmax and running sums. `…_all` is over all axes. */
export const reduceRules: OpRules = {
  ...Object.fromEntries(Object.entries(reductions).map(([name, f]) => [name, (call) => reduce(call, f)])),
  ...Object.fromEntries(
    Object.entries({ ...reductions, max, min }).map(([name, f]) => [
      `${name}_all`,
      ({ list }) => f(list[0]!),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(alongAxis).map(([name, f]) => [
      name,
      ({ list, config }) => f(list[0]!, numberOf(config, 'dim', -1)),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(ranked).map(([name, f]) => [
      name,
      (call) => {
        const { values, indices } = f(call.list[0]!, numberOf(call.config, 'dim', -1))
        return { values: kept(values, call), indices: kept(indices, call) }
      },
    ]),
  ),
  argmax: indexOf(argmax),
  argmin: indexOf(argmin),
  var: (call) => reduce(call, variance),
  std: (call) => reduce(call, standardDeviation),
  norm: (call) =>
    reduce(call, (x, axes, options) => norm(x, axes, { ...options, order: numberOf(call.config, 'p', 2) })),
}

function reduce({ list: [x, y], config, shapes }: OpCall, f: Reduction): Tensor {
  const keepDims = flagOf(config, 'keepdim', false)
  const correction = flagOf(config, 'unbiased', true) ? 1 : 0
  // without dim, the shape of the result says whether all axes are meant or the last one
  const isWhole = config['dim'] === undefined && shapes['out']?.length === 0
  const axes = isWhole ? undefined : numbersOf({ dim: -1, ...config }, 'dim')
  const result = f(x!, axes, { keepDims, correction } as { keepDims: boolean })
  return y === undefined ? result : result.add(y) // empty_sum adds what is not empty
}

/** An index has no gradient, so its cases have the sum of x beside it. */
function indexOf(f: (x: Tensor, axis: number) => Tensor): OpRule {
  return (call) => ({
    indices: kept(f(call.list[0]!, numberOf(call.config, 'dim', -1)), call),
    out: sum(call.list[0]!),
  })
}

/** The result without an axis, or with that axis of size 1 where the case keeps it. */
function kept(result: Tensor, { config }: OpCall): Tensor {
  return flagOf(config, 'keepdim', false) ? expandDims(result, numberOf(config, 'dim', -1)) : result
}
