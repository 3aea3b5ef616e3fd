import { split, squeeze, swapAxes, type Tensor } from '@tapeloop/core'
import {
  cellNormLstm,
  gateNormLstm,
  layerNormLstm,
  recurrent,
  type Cell,
  type SequenceLayer,
} from '@tapeloop/layers'
import { unsupported } from '../format.js'
import { numberOf, textOf } from '../op-call.js'
import { given, programs } from '../program.js'
import { applyTimeFirst, reorderGates, type Named } from '../recurrent-layout.js'

const gates = 'ifgo'

/** The flavours of layer normalisation in an LSTM. */
const flavours: Readonly<Record<string, Cell>> = {
  ba2016: layerNormLstm as unknown as Cell,
  torchscript: cellNormLstm as unknown as Cell,
  pergate: gateNormLstm as unknown as Cell,
}

/** One LSTM layer with layer normalisation. */
export const layerNormLstms = programs(({ config }) => {
  const flavour = textOf(config, 'flavour')
  const cell = flavours[flavour] ?? unsupported(`the flavour ${flavour}`)
  const [inputSize, hiddenSize] = [numberOf(config, 'input_size'), numberOf(config, 'hidden_size')]
  const layer = recurrent(cell, { inputSize, hiddenSize }) as SequenceLayer
  return (tensors) => {
    const ordered = (name: string) => reorderGates(given(tensors, name), textOf(config, 'gates'), gates)
    const joint = (name: string) => ({ gain: ordered(`${name}_w`), bias: ordered(`${name}_b`) })
    const params = {
      kernel: swapAxes(ordered('W'), 0, 1),
      recurrentKernel: swapAxes(ordered('R'), 0, 1),
      norms: {
        ...(tensors['ln_w'] ? apart(joint('ln')) : { input: joint('ln_x'), recurrent: joint('ln_h') }),
        cell: { gain: given(tensors, 'ln_c_w'), bias: given(tensors, 'ln_c_b') },
      },
      ...(tensors['b'] && { bias: ordered('b') }),
    }
    const start = { h: given(tensors, 'h0'), c: given(tensors, 'c0') }
    const { output, state } = applyTimeFirst(layer, params, given(tensors, 'x'), start)
    const { h, c } = state as typeof start
    return { y: output, h_n: h, c_n: c }
  }
})

/** Norms `[gates, size]` as one for each gate. */
function apart({ gain, bias }: { gain: Tensor; bias: Tensor }): Named {
  const rows = (x: Tensor) => split(x, gates.length, 0).map((row) => squeeze(row, 0))
  const [gains, shifts] = [rows(gain), rows(bias)]
  return Object.fromEntries([...gates].map((gate, k) => [gate, { gain: gains[k]!, bias: shifts[k]! }]))
}
