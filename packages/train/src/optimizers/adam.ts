import { add, cast, div, maximum, mul, sqrt, square, sub } from '@tapeloop/core'
import {
  checkHyperparameter,
  complement,
  complementOfPower,
  isOff,
  penalised,
  perParameter,
  runningMean,
  times,
  type Hyperparameter,
  type Optimizer,
} from './optimizer.js'

/** The hyper-parameters of Adam and AdamW. */
export interface AdamOptions {
  /** 0.001 unless said. */
  readonly learningRate?: Hyperparameter
  /** How much of the running means of g and of g² is kept at each update; 0.9 and 0.999 unless said. */
  readonly betas?: readonly [Hyperparameter, Hyperparameter]
  /** Added to the root of the second moment; 1e-8 unless said. */
  readonly epsilon?: Hyperparameter
  /** For `adam` an L2 penalty in the gradient, 0 unless said; for `adamw` decoupled from it, 0.01 unless said. */
  readonly weightDecay?: Hyperparameter
  /** Divide by the largest second moment so far (Reddi et al. 2018); false unless said. */
  readonly amsgrad?: boolean
}

/**
 * Adam (Kingma & Ba 2015, algorithm 1), as PyTorch has it: `m ← β₁·m + (1 - β₁)·g`, `v ← β₂·v + (1 - β₂)·g²`,
 * `p ← p - η / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε)`, with t = 1 at the first update.
 *
 * State: `step`, `firstMoment` (m), `secondMoment` (v), and with `amsgrad` `largestSecondMoment`.
 *
 * @throws where a number is out of its range
 */
export function adam(options: AdamOptions = {}): Optimizer {
  return build('adam', { weightDecay: 0, ...options }, 'penalty')
}

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter 2019, algorithm 2, as PyTorch has it): first
 * `p ← p·(1 - η·λ)`, then the update of Adam. State as `adam`.
 *
 * @throws where a number is out of its range
 */
export function adamw(options: AdamOptions = {}): Optimizer {
  return build('adamw', { weightDecay: 0.01, ...options }, 'decoupled')
}

function build(
  name: string,
  {
    learningRate = 0.001,
    betas: [beta1, beta2] = [0.9, 0.999],
    epsilon = 1e-8,
    weightDecay = 0,
    amsgrad = false,
  }: AdamOptions,
  decay: 'penalty' | 'decoupled',
): Optimizer {
  checkHyperparameter(name, 'learningRate', learningRate)
  checkHyperparameter(name, 'betas[0]', beta1, { minimum: 0, below: 1 })
  checkHyperparameter(name, 'betas[1]', beta2, { minimum: 0, below: 1 })
  checkHyperparameter(name, 'epsilon', epsilon)
  checkHyperparameter(name, 'weightDecay', weightDecay)
  const slots = [
    'firstMoment',
    'secondMoment',
    ...(amsgrad ? (['largestSecondMoment'] as const) : []),
  ] as const
  return perParameter(name, slots, (context) => {
    const { step, at, dtype } = context
    const rate = at(learningRate)
    const [keep1, keep2] = [at(beta1), at(beta2)]
    const count = cast(add(step, 1), dtype)
    const scale = div(rate, complementOfPower(keep1, count))
    const root = sqrt(complementOfPower(keep2, count))
    const shrink = isOff(weightDecay) ? 1 : complement(times(rate, at(weightDecay)))
    return (parts) => {
      const { parameter, firstMoment, secondMoment, largestSecondMoment } = parts
      const slope = penalised(context, parts, decay === 'penalty' ? weightDecay : 0)
      const first = runningMean(firstMoment, slope, keep1)
      const second = runningMean(secondMoment, square(slope), keep2)
      const largest = amsgrad ? maximum(largestSecondMoment, second) : second
      const start = decay === 'decoupled' && shrink !== 1 ? mul(parameter, shrink) : parameter
      const direction = div(first, add(div(sqrt(largest), root), at(epsilon)))
      return {
        parameter: sub(start, mul(direction, scale)),
        firstMoment: first,
        secondMoment: second,
        largestSecondMoment: largest,
      }
    }
  })
}
