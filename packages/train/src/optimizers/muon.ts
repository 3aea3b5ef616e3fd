import { add, div, matmul, mul, refuse, sqrt, square, sub, sum, type Tensor } from '@tapeloop/core'
import { checkWhole } from '../check.js'
import { adamw } from './adam.js'
import { groups } from './groups.js'
import {
  checkHyperparameter,
  complement,
  isOff,
  perParameter,
  times,
  type Hyperparameter,
  type Optimizer,
} from './optimizer.js'

/** The hyper-parameters of Muon. */
export interface MuonOptions {
  /** 0.001 unless said: about what AdamW would have. */
  readonly learningRate?: Hyperparameter
  /** Part of the last direction that is kept; 0.95 unless said. */
  readonly momentum?: Hyperparameter
  /** Look ahead by one step of momentum; true unless said. */
  readonly nesterov?: boolean
  /** Decoupled from the gradient; 0.01 unless said. */
  readonly weightDecay?: Hyperparameter
  /** How many steps of the Newton–Schulz iteration are made; 5 unless said. */
  readonly iterations?: number
  /**
   * Which parameters are matrices to it: all of two axes unless said. Tables of embeddings and the last layer are better
   * left out, says its author.
   */
  readonly isMatrix?: (path: string, parameter: Tensor) => boolean
  /** For all other parameters; `adamw` with the same learning rate and weight decay unless said. */
  readonly others?: Optimizer
}

/**
 * Muon (Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks"), momentum made orthogonal:
 * `b ← μ·b + g`, and p moves against U·Vᵀ of the singular value decomposition `U·S·Vᵀ` of `g + μ·b` (of b without
 * Nesterov's acceleration), which a Newton–Schulz iteration comes near to. A change of a matrix `[m, n]` is scaled by
 * `0.2·√max(m, n)`, and `p ← p·(1 - η·λ)` comes first (Liu et al. 2025, "Muon is Scalable for LLM Training" and
 * their program), so that it is about as large as those of AdamW.
 *
 * State: `matrices` with `step` and `momentum` (b) by the paths of the parameters, `others` that of the second optimizer.
 *
 * @throws where a number is out of its range, or `isMatrix` takes a parameter that has not two axes
 */
export function muon({
  learningRate = 0.001,
  momentum = 0.95,
  nesterov = true,
  weightDecay = 0.01,
  iterations = 5,
  isMatrix = (_path, { shape }) => shape.length === 2,
  others = adamw({ learningRate, weightDecay }),
}: MuonOptions = {}): Optimizer {
  checkHyperparameter('muon', 'learningRate', learningRate)
  checkHyperparameter('muon', 'momentum', momentum, { minimum: 0, below: 1 })
  checkHyperparameter('muon', 'weightDecay', weightDecay)
  checkWhole('muon', 'iterations', iterations, 1)
  const matrices = perParameter('muon', ['momentum'], ({ at }) => {
    const [rate, kept] = [at(learningRate), at(momentum)]
    const shrink = isOff(weightDecay) ? 1 : complement(times(rate, at(weightDecay)))
    return ({ parameter, gradient, momentum: buffer }) => {
      const next = add(mul(buffer, kept), gradient)
      const direction = orthogonal(nesterov ? add(gradient, mul(next, kept)) : next, iterations)
      const scale = times(rate, 0.2 * Math.sqrt(Math.max(...parameter.shape)))
      const start = shrink === 1 ? parameter : mul(parameter, shrink)
      return { parameter: sub(start, mul(direction, scale)), momentum: next }
    }
  })
  const groupOf = (path: string, parameter: Tensor) => {
    if (!isMatrix(path, parameter)) return 'others'
    if (parameter.shape.length === 2) return 'matrices'
    const shape = `[${parameter.shape.join(', ')}]`
    return refuse('muon', `isMatrix takes ${path}, whose shape is ${shape}; leave it to the others`)
  }
  return { ...groups(groupOf, { matrices, others }), name: 'muon' }
}

/** The coefficients of Jordan et al.: they bring singular values near 1 fast, to about 0.7 to 1.2 rather than to 1. */
const [a, b, c] = [3.4445, -4.775, 2.0315] as const

/** Roughly the U·Vᵀ of a matrix, by `X ← a·X + (b·A + c·A²)·X` with `A = X·Xᵀ`. */
function orthogonal(matrix: Tensor, iterations: number): Tensor {
  const isTall = matrix.shape[0]! > matrix.shape[1]!
  const norm = sqrt(sum(square(matrix)))
  let x = div(isTall ? matrix.transpose() : matrix, add(norm, 1e-7))
  for (let i = 0; i < iterations; i++) {
    const gram = matmul(x, x.transpose())
    x = add(mul(x, a), matmul(add(mul(gram, b), mul(matmul(gram, gram), c)), x))
  }
  return isTall ? x.transpose() : x
}
