import { swapAxes, type Tensor } from '@tapeloop/core'
import { gru, linear, recurrent, rnn, type Cell, type SequenceLayer } from '@tapeloop/layers'
import { unsupported } from '../format.js'
import { numberOf, textOf } from '../op-call.js'
import { given, programs } from '../program.js'
import { applyTimeFirst, reorderGates, type ChosenCell } from '../recurrent-layout.js'

/** The cells of the files by their names, and the gates of each in the order of its parameters here. */
const cells: Readonly<Record<string, ChosenCell & { gates: string; alias?: readonly [string, string] }>> = {
  gru_reset_before: { cell: gru as unknown as Cell, options: { resetAfter: false }, gates: 'rzn' },
  gru_keras_zrh: {
    cell: gru as unknown as Cell,
    options: { resetAfter: false },
    gates: 'rzn',
    alias: ['h', 'n'], // Keras's letter for the candidate
  },
  elman_separate_out: { cell: rnn as unknown as Cell, options: {}, gates: 'h' },
}

/** Cells other than PyTorch's, one layer with one bias. */
export const otherCells = programs(({ config }) => {
  const name = textOf(config, 'cell')
  const { cell, options, gates, alias } = cells[name] ?? unsupported(`the cell ${name}`)
  const letters = textOf(config, 'gates')
  const order = alias ? letters.replace(...alias) : letters
  const [inputSize, hiddenSize] = [numberOf(config, 'input_size'), numberOf(config, 'hidden_size')]
  const layer = recurrent(cell, { inputSize, hiddenSize, ...options }) as SequenceLayer
  return (tensors) => {
    const ordered = (name: string) => reorderGates(given(tensors, name), order, gates)
    const params = {
      kernel: swapAxes(ordered('W'), 0, 1),
      recurrentKernel: swapAxes(ordered('R'), 0, 1),
      bias: ordered('b'),
    }
    const { output, state } = applyTimeFirst(layer, params, given(tensors, 'x'), { h: given(tensors, 'h0') })
    return { y: project(output, tensors), h_n: (state as { h: Tensor }).h }
  }
})

/** What stands between the state and the output, where the file has weights for it. */
function project(y: Tensor, { V, c }: Readonly<Record<string, Tensor>>): Tensor {
  if (V === undefined) return y
  const [outputSize, inputSize] = V.shape as [number, number]
  const layer = linear({ inputSize, outputSize, bias: c !== undefined })
  return layer.apply({ kernel: swapAxes(V, 0, 1), ...(c && { bias: c }) }, y)
}
