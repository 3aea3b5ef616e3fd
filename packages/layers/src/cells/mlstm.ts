import { abs, exp, logSigmoid, maximum, sigmoid, split, sum, type Tensor } from '@tapeloop/core'
import { affine, biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { headSize, headsOption } from '../heads.js'
import { gateBias, glorotUniform } from '../initializer.js'

/**
 * mLSTM of xLSTM: the cell is a matrix to which each step adds the product of a value with a key, and which a query reads.
 * Gates and all see the input alone; i and f are one number each for a head. Matrix and sum of keys are kept times e^−m, so
 * that no exponential overflows. Packed in the order q, k, v, o. Each head has a matrix of its own, `[H / heads, H / heads]`,
 * one below the other in c; the norm over each head is a part of the block around the cell, not of its equations.
 */
export const mlstm = defineCell({
  name: 'mlstm',
  title: 'Matrix xLSTM (mLSTM)',
  cite: ['beck2024'],
  equations: String.raw`
    \begin{aligned}
    &\text{in each head of } d \text{ units:} \\
    q_t, v_t &= W x_t + b \qquad k_t = (W_k x_t + b_k) / \sqrt{d} \qquad o_t = \sigma(W_o x_t + b_o) \\
    m_t &= \max(\ln \sigma(\tilde f_t) + m_{t-1},\ \tilde i_t) \qquad
    i_t = e^{\tilde i_t - m_t} \qquad f_t = e^{\ln \sigma(\tilde f_t) + m_{t-1} - m_t} \\
    C_t &= f_t C_{t-1} + i_t v_t k_t^\top \qquad n_t = f_t n_{t-1} + i_t k_t \\
    h_t &= o_t \odot \frac{C_t q_t}{\max(|n_t^\top q_t|,\ e^{-m_t})}
    \end{aligned}`,
  options: {
    forgetBias: { type: 'number', default: 3, doc: 'initial bias of the forget gate' },
    bias: biasOptions.bias,
    ...headsOption,
  },
  outputSize: ({ hiddenSize }) => hiddenSize,
  state: ({ hiddenSize: H }, { heads }) => ({ c: [H, headSize('mlstm', H, heads)], n: [H], m: [heads] }),
  params: ({ inputSize, hiddenSize: H }, { forgetBias, bias, heads }) => ({
    kernel: glorotUniform([inputSize, 4 * H]),
    gateKernel: glorotUniform([inputSize, 2 * heads]),
    ...(bias && { bias: gateBias([0, 0, 0, 0], H), gateBias: gateBias([0, forgetBias], heads) }),
  }),
  step({ kernel, gateKernel, bias, gateBias }, { c, n, m }, x, { onCandidate }) {
    const [batchSize, heads, size] = [m.shape[0]!, m.shape[1]!, c.shape[2]!]
    const byHead = (values: Tensor, ...extents: number[]) => values.reshape([batchSize, heads, ...extents])
    const [q, k, v, o] = split(affine(x, kernel, bias), 4)
    const [zi, zf] = split(affine(x, gateKernel, gateBias), 2)
    const kept = logSigmoid(zf).add(m)
    const mNext = maximum(kept, zi)
    const [i, f] = [exp(zi.sub(mNext)), exp(kept.sub(mNext))] // [batch, heads]
    const query = byHead(q, size, 1)
    const key = byHead(k, size).mul(byHead(i.div(Math.sqrt(size)), 1))
    const cNext = byHead(c, size, size)
      .mul(byHead(f, 1, 1))
      .add(byHead(offer(v, onCandidate), size, 1).mul(byHead(key, 1, size)))
    const nNext = byHead(n, size).mul(byHead(f, 1)).add(key)
    const overlap = sum(nNext.mul(byHead(q, size)), -1, { keepDims: true })
    const scale = maximum(abs(overlap), byHead(exp(mNext.neg()), 1))
    const read = byHead(cNext.matmul(query), size).div(scale)
    return {
      c: cNext.reshape(c.shape),
      n: nNext.reshape(n.shape),
      m: mNext,
      y: sigmoid(o).mul(read.reshape(n.shape)),
    }
  },
})
