import { exp, logSigmoid, maximum, sigmoid, split, tanh, where } from '@tapeloop/core'
import { affine, biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { headSize, headsOption, headwise } from '../heads.js'
import { gateBias, glorotUniform, zerosInit } from '../initializer.js'

/**
 * sLSTM of xLSTM: the input gate is an exponential, and the output is divided by n, the sum of what came in. Both cell and
 * sum are kept times e^−m, so that no exponential overflows. n is 1 at least once something came in. Gates are packed in the
 * order i, f, z, o. R is a block for each head, `[H / heads, 4H]`; the norm over each head is a part of the block around the
 * cell, not of its equations.
 */
export const slstm = defineCell({
  name: 'slstm',
  title: 'Scalar xLSTM (sLSTM)',
  cite: ['beck2024'],
  equations: String.raw`
    \begin{aligned}
    \tilde i_t, \tilde f_t, \tilde z_t, \tilde o_t &= W x_t + R h_{t-1} + b \quad (R \text{ block-diagonal by heads}) \qquad
    m_t = \max(\ln \sigma(\tilde f_t) + m_{t-1},\ \tilde i_t) \\
    i_t &= e^{\tilde i_t - m_t} \qquad f_t = e^{\ln \sigma(\tilde f_t) + m_{t-1} - m_t} \\
    c_t &= f_t \odot c_{t-1} + i_t \odot \tanh \tilde z_t \qquad n_t = f_t \odot n_{t-1} + i_t \qquad
    h_t = \sigma(\tilde o_t) \odot c_t / n_t
    \end{aligned}`,
  options: {
    forgetBias: { type: 'number', default: 3, doc: 'initial bias of the forget gate' },
    bias: biasOptions.bias,
    ...headsOption,
  },
  state: ({ hiddenSize: H }) => ({ h: [H], c: [H], n: [H], m: [H] }),
  params: ({ inputSize, hiddenSize: H }, { forgetBias, bias, heads }) => ({
    kernel: glorotUniform([inputSize, 4 * H]),
    recurrentKernel: zerosInit([headSize('slstm', H, heads), 4 * H]),
    ...(bias && { bias: gateBias([0, forgetBias, 0, 0], H) }),
  }),
  step({ kernel, recurrentKernel, bias }, { h, c, n, m }, x, { onCandidate }) {
    const [zi, zf, z, o] = split(affine(x, kernel, bias).add(headwise(h, recurrentKernel)), 4)
    const kept = logSigmoid(zf).add(m)
    // before anything came in there is nothing to keep in scale
    const mNext = where(n.equal(0), zi, maximum(kept, zi))
    const [i, f] = [exp(zi.sub(mNext)), where(n.equal(0), 0, exp(kept.sub(mNext)))]
    const cNext = f.mul(c).add(i.mul(offer(tanh(z), onCandidate)))
    const nNext = f.mul(n).add(i)
    return { h: sigmoid(o).mul(cNext.div(maximum(nNext, 1))), c: cNext, n: nNext, m: mNext }
  },
})
