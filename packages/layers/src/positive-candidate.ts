import { log, logSigmoid, refuse, relu, sigmoid, where, type Tensor } from '@tapeloop/core'

/** The option by which a linear recurrence has candidates above 0. */
export const candidateOption = {
  candidate: {
    type: 'choice',
    choices: ['linear', 'positive'],
    default: 'linear',
    doc: 'the function φ; positive: a + ½ where a ≥ 0, else σ(a), as the form in log space needs',
  },
} as const

/** φ(a) (Feng et al. 2024, appendix B). */
export function candidateOf(a: Tensor, kind: 'linear' | 'positive'): Tensor {
  // relu keeps the branch that is not taken finite
  return kind === 'linear' ? a : where(a.greaterEqual(0), relu(a).add(0.5), sigmoid(a))
}

/** ln φ(a) of the positive φ. */
export function logCandidateOf(a: Tensor): Tensor {
  return where(a.greaterEqual(0), log(relu(a).add(0.5)), logSigmoid(a))
}

/** Refuses candidates that may have no logarithm. */
export function checkPositive(name: string, kind: 'linear' | 'positive'): void {
  if (kind === 'linear') refuse(name, "all steps at once need candidates above 0; give candidate: 'positive'")
}
