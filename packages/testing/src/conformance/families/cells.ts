import { resolveOptions } from '@tapeloop/layers'
import { flagOf, textOf } from '../op-call.js'
import { given, programs } from '../program.js'
import { cellOfTorch, paramsOfTorch } from '../recurrent-layout.js'

/** torch.nn.RNNCell, LSTMCell and GRUCell: one step. */
export const torchCells = programs(({ config }) => {
  const { cell, options } = cellOfTorch(textOf(config, 'kind'), flagOf(config, 'bias', true))
  return (tensors) => {
    const { c } = tensors
    const state = { h: given(tensors, 'h'), ...(c && { c }) }
    const context = resolveOptions(cell.name, cell.options, options)
    const next = cell.step(paramsOfTorch(tensors), state, given(tensors, 'x'), context)
    return Object.fromEntries(Object.keys(state).map((name) => [`${name}1`, next[name] as never]))
  }
})
