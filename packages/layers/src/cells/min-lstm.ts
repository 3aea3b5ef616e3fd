import { logSigmoid, sigmoid, split } from '@tapeloop/core'
import { affine, biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { gateBias, glorotUniform } from '../initializer.js'
import { logLinear } from '../parallel.js'
import { candidateOf, candidateOption, checkPositive, logCandidateOf } from '../positive-candidate.js'

/**
 * minLSTM: gates and candidate see the input alone, so that the recurrence is linear in the state; the two gates are scaled
 * to a sum of 1. They are packed in the order f, i, h̃.
 */
export const minLstm = defineCell({
  name: 'min-lstm',
  title: 'Minimal LSTM without recurrence in its gates',
  cite: ['feng2024'],
  equations: String.raw`
    \begin{aligned}
    f_t, i_t &= \sigma(W x_t + b) \qquad \tilde h_t = \phi(W_h x_t + b_h) \\
    h_t &= \frac{f_t}{f_t + i_t} \odot h_{t-1} + \frac{i_t}{f_t + i_t} \odot \tilde h_t
    \end{aligned}`,
  options: {
    forgetBias: { type: 'number', default: 1, doc: 'initial bias of the forget gate' },
    bias: biasOptions.bias,
    ...candidateOption,
  },
  state: ({ hiddenSize }) => ({ h: [hiddenSize] }),
  params: ({ inputSize, hiddenSize: H }, { forgetBias, bias }) => ({
    kernel: glorotUniform([inputSize, 3 * H]),
    ...(bias && { bias: gateBias([forgetBias, 0, 0], H) }),
  }),
  parallel({ kernel, bias }, x, { candidate }) {
    checkPositive('min-lstm', candidate)
    const [f, i, a] = split(affine(x, kernel, bias), 3)
    // of f / (f + i) and i / (f + i)
    const more = logSigmoid(f).sub(logSigmoid(i))
    return logLinear({ decay: logSigmoid(more), input: logSigmoid(more.neg()).add(logCandidateOf(a)) })
  },
  step({ kernel, bias }, { h }, x, { candidate, onCandidate }) {
    const [zf, zi, a] = split(affine(x, kernel, bias), 3)
    const [f, i] = [sigmoid(zf), sigmoid(zi)]
    return {
      h: f
        .mul(h)
        .add(i.mul(offer(candidateOf(a, candidate), onCandidate)))
        .div(f.add(i)),
    }
  },
})
