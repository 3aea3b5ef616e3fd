import { abs, exp, logSigmoid, maximum, sigmoid, split, sum } from '@tapeloop/core'
import { affine, biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { gateBias, glorotUniform } from '../initializer.js'

/**
 * mLSTM of xLSTM, with one head: the cell is a matrix to which each step adds the product of a value with a key, and which
 * a query reads. Gates and all see the input alone; i and f are one number each for the whole cell. Matrix and sum of keys
 * are kept times e^−m, so that no exponential overflows. Packed in the order q, k, v, o.
 */
export const mlstm = defineCell({
  name: 'mlstm',
  title: 'Matrix xLSTM (mLSTM)',
  cite: ['beck2024'],
  equations: String.raw`
    \begin{aligned}
    q_t, v_t &= W x_t + b \qquad k_t = (W_k x_t + b_k) / \sqrt{H} \qquad o_t = \sigma(W_o x_t + b_o) \\
    m_t &= \max(\ln \sigma(\tilde f_t) + m_{t-1},\ \tilde i_t) \qquad
    i_t = e^{\tilde i_t - m_t} \qquad f_t = e^{\ln \sigma(\tilde f_t) + m_{t-1} - m_t} \\
    C_t &= f_t C_{t-1} + i_t v_t k_t^\top \qquad n_t = f_t n_{t-1} + i_t k_t \\
    h_t &= o_t \odot \frac{C_t q_t}{\max(|n_t^\top q_t|,\ e^{-m_t})}
    \end{aligned}`,
  options: {
    forgetBias: { type: 'number', default: 3, doc: 'initial bias of the forget gate' },
    bias: biasOptions.bias,
  },
  outputSize: ({ hiddenSize }) => hiddenSize,
  state: ({ hiddenSize: H }) => ({ c: [H, H], n: [H], m: [1] }),
  params: ({ inputSize, hiddenSize: H }, { forgetBias, bias }) => ({
    kernel: glorotUniform([inputSize, 4 * H]),
    gateKernel: glorotUniform([inputSize, 2]),
    ...(bias && { bias: gateBias([0, 0, 0, 0], H), gateBias: gateBias([0, forgetBias], 1) }),
  }),
  step({ kernel, gateKernel, bias, gateBias }, { c, n, m }, x, { onCandidate }) {
    const [batchSize, H] = n.shape as [number, number]
    const [q, k, v, o] = split(affine(x, kernel, bias), 4)
    const [zi, zf] = split(affine(x, gateKernel, gateBias), 2)
    const kept = logSigmoid(zf).add(m)
    const mNext = maximum(kept, zi)
    const [i, f] = [exp(zi.sub(mNext)), exp(kept.sub(mNext))] // [batch, 1]
    const key = k.mul(i.div(Math.sqrt(H)))
    const cNext = c.mul(f.reshape([batchSize, 1, 1])).add(
      offer(v, onCandidate)
        .reshape([batchSize, H, 1])
        .mul(key.reshape([batchSize, 1, H])),
    )
    const nNext = n.mul(f).add(key)
    const read = cNext.matmul(q.reshape([batchSize, H, 1])).reshape([batchSize, H])
    const scale = maximum(abs(sum(nNext.mul(q), -1, { keepDims: true })), exp(mNext.neg()))
    return { c: cNext, n: nNext, m: mNext, y: sigmoid(o).mul(read.div(scale)) }
  },
})
