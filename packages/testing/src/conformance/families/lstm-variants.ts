import { concat, split, swapAxes, zeros, type Tensor } from '@tapeloop/core'
import { lstm, peepholeLstm, recurrent, type Cell, type SequenceLayer } from '@tapeloop/layers'
import { unsupported } from '../format.js'
import { flagOf, numberOf, textOf } from '../op-call.js'
import { given, programs } from '../program.js'
import { applyTimeFirst, reorderGates } from '../recurrent-layout.js'

const gateOrder = 'ifgo'

/** Greff et al.'s variants by their letters: V has peepholes, NP has none. */
const cells: Readonly<Record<string, Cell>> = {
  V: peepholeLstm as unknown as Cell,
  NP: lstm as unknown as Cell,
}

/** One LSTM layer with a single bias, its gates in any order. */
export const lstmVariants = programs(({ config }) => {
  const variant = textOf(config, 'variant')
  const cell = cells[variant] ?? unsupported(`the LSTM variant ${variant}`)
  if (config['cell_clip'] !== null && config['cell_clip'] !== undefined) unsupported('cell_clip of an LSTM')
  if (numberOf(config, 'proj_size', 0) > 0) unsupported('a projection of the state (proj_size)')
  const [inputSize, hiddenSize] = [numberOf(config, 'input_size'), numberOf(config, 'hidden_size')]
  const forgetBias = numberOf(config, 'forget_bias', 0)
  const bias = flagOf(config, 'bias', true) || forgetBias !== 0
  const layer = recurrent(cell, { inputSize, hiddenSize, bias }) as SequenceLayer
  return (tensors) => {
    const ordered = (name: string) => reorderGates(given(tensors, name), textOf(config, 'gates'), gateOrder)
    const x = given(tensors, 'x')
    const start = tensors['b'] ? ordered('b') : zeros([4 * hiddenSize], x.dtype)
    const { p_i: i, p_f: f, p_o: o } = tensors
    const params = {
      kernel: swapAxes(ordered('W'), 0, 1),
      recurrentKernel: swapAxes(ordered('R'), 0, 1),
      ...(cell === cells['V'] && { peepholes: { i: i!, f: f!, o: o! } }),
      ...(bias && { bias: raiseForget(start, forgetBias) }),
    }
    const state = { h: given(tensors, 'h0'), c: given(tensors, 'c0') }
    const { output, state: final } = applyTimeFirst(layer, params, x, state)
    const { h, c } = final as typeof state
    return { y: output, h_n: h, c_n: c }
  }
})

/** A constant that the files add to the forget gate is part of its bias here. */
function raiseForget(bias: Tensor, by: number): Tensor {
  const [i, f, g, o] = split(bias, 4)
  return by === 0 ? bias : concat([i, f.add(by), g, o])
}
