import { logSigmoid, sigmoid, split, sub } from '@tapeloop/core'
import { affine, biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { gateBias, glorotUniform } from '../initializer.js'
import { logLinear } from '../parallel.js'
import { candidateOf, candidateOption, checkPositive, logCandidateOf } from '../positive-candidate.js'

/**
 * minGRU: gate and candidate see the input alone, so that the recurrence is linear in the state. z = 1 takes the new. They
 * are packed in the order z, h̃.
 */
export const minGru = defineCell({
  name: 'min-gru',
  title: 'Minimal GRU without recurrence in its gates',
  cite: ['feng2024'],
  equations: String.raw`
    \begin{aligned}
    z_t &= \sigma(W_z x_t + b_z) \qquad \tilde h_t = \phi(W_h x_t + b_h) \\
    h_t &= (1 - z_t) \odot h_{t-1} + z_t \odot \tilde h_t
    \end{aligned}`,
  options: {
    bias: biasOptions.bias,
    ...candidateOption,
  },
  state: ({ hiddenSize }) => ({ h: [hiddenSize] }),
  params: ({ inputSize, hiddenSize: H }, { bias }) => ({
    kernel: glorotUniform([inputSize, 2 * H]),
    ...(bias && { bias: gateBias([0, 0], H) }),
  }),
  parallel({ kernel, bias }, x, { candidate }) {
    checkPositive('min-gru', candidate)
    const [z, a] = split(affine(x, kernel, bias), 2)
    return logLinear({ decay: logSigmoid(z.neg()), input: logSigmoid(z).add(logCandidateOf(a)) })
  },
  step({ kernel, bias }, { h }, x, { candidate, onCandidate }) {
    const [zz, a] = split(affine(x, kernel, bias), 2)
    const z = sigmoid(zz)
    return {
      h: sub(1, z)
        .mul(h)
        .add(z.mul(offer(candidateOf(a, candidate), onCandidate))),
    }
  },
})
