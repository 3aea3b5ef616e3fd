import { exp, remainder, sigmoid, split, sub, tanh, uniform, where, type Tensor } from '@tapeloop/core'
import { affine, biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { elapsedOption, splitElapsed } from '../elapsed.js'
import { gateBias, glorotUniform, orthogonalPerGate, uniformInit } from '../initializer.js'
import { peek, peepholeOption, peepholeWeights } from '../peepholes.js'

/**
 * Phased LSTM: each unit has a period of its own, and is open only in a part of it; closed it leaks a little, which lets
 * gradients through. Time is part of the state. Periods are kept as logarithms and shifts in periods, so s = shift · τ.
 * Gates are packed in the order i, f, g, o.
 */
export const phasedLstm = defineCell({
  name: 'phased-lstm',
  title: 'Phased LSTM',
  cite: ['neil2016'],
  equations: String.raw`
    \begin{aligned}
    \phi_t &= \frac{(t - s) \bmod \tau}{\tau} \qquad
    k_t = \begin{cases} 2 \phi_t / r & \phi_t < r/2 \\ 2 - 2 \phi_t / r & \phi_t < r \\ \alpha \phi_t & \text{else} \end{cases} \\
    i_t, f_t &= \sigma(W x_t + R h_{t-1} + p \odot c_{t-1} + b) \qquad
    \hat c_t = f_t \odot c_{t-1} + i_t \odot \tanh(W_g x_t + R_g h_{t-1} + b_g) \\
    o_t &= \sigma(W_o x_t + R_o h_{t-1} + p_o \odot \hat c_t + b_o) \\
    c_t &= k_t \odot \hat c_t + (1 - k_t) \odot c_{t-1} \qquad
    h_t = k_t \odot o_t \odot \tanh \hat c_t + (1 - k_t) \odot h_{t-1}
    \end{aligned}`,
  options: {
    forgetBias: { type: 'number', default: 1, doc: 'initial bias of the forget gate' },
    openRatio: {
      type: 'number',
      default: 0.5,
      min: 0.01,
      max: 1,
      doc: 'the part r of its period in which a unit is open; 0.05 suits thousands of steps',
    },
    leak: { type: 'number', default: 0.001, min: 0, max: 1, doc: 'how much α a closed unit lets through' },
    longestPeriod: {
      type: 'number',
      default: 20,
      min: 2,
      doc: 'periods start between 1 and this, in the unit of time; their logarithms are uniform',
    },
    bias: biasOptions.bias,
    ...peepholeOption,
    ...elapsedOption,
  },
  state: ({ hiddenSize: H }) => ({ h: [H], c: [H], time: [1] }),
  params: ({ inputSize, hiddenSize: H }, { forgetBias, bias, peepholes, longestPeriod, timed }) => ({
    logPeriod: {
      shape: [H],
      draw: (key, dtype) => uniform(key, [H], { low: 0, high: Math.log(longestPeriod), dtype }),
    },
    shift: uniformInit(0.5, [H]),
    kernel: glorotUniform([inputSize - Number(timed), 4 * H]),
    recurrentKernel: orthogonalPerGate([H, 4 * H]),
    ...(peepholes && { peepholes: peepholeWeights(['i', 'f', 'o'], H) }),
    ...(bias && { bias: gateBias([0, forgetBias, 0, 0], H) }),
  }),
  step(params, { h, c, time }, x, { openRatio, leak, timed, onCandidate }) {
    const { kernel, recurrentKernel, peepholes, logPeriod, shift, bias } = params
    const { input, elapsed } = splitElapsed(x, timed)
    const timeNext = time.add(elapsed)
    const phase = remainder(timeNext.div(exp(logPeriod)).sub(shift), 1)
    const k = openness(phase, openRatio, leak)
    const mix = (next: Tensor, old: Tensor) => k.mul(next).add(sub(1, k).mul(old))
    const [zi, zf, zg, zo] = split(affine(input, kernel, bias).add(h.matmul(recurrentKernel)), 4)
    const i = sigmoid(peek(zi, peepholes?.i, c))
    const f = sigmoid(peek(zf, peepholes?.f, c))
    const open = f.mul(c).add(i.mul(offer(tanh(zg), onCandidate)))
    const o = sigmoid(peek(zo, peepholes?.o, open))
    return { h: mix(o.mul(tanh(open)), h), c: mix(open, c), time: timeNext }
  },
})

/** Up and down again while open, then a leak. */
function openness(phase: Tensor, ratio: number, leak: number): Tensor {
  const rise = phase.mul(2 / ratio)
  const open = where(phase.less(ratio / 2), rise, sub(2, rise))
  return where(phase.less(ratio), open, phase.mul(leak))
}
