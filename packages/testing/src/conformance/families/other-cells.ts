import { swapAxes, type Tensor } from '@tapeloop/core'
import {
  gru,
  indRnn,
  janet,
  linear,
  mgu,
  minGru,
  minLstm,
  recurrent,
  rnn,
  ugrnn,
  type Cell,
  type SequenceLayer,
} from '@tapeloop/layers'
import { unsupported } from '../format.js'
import { numberOf, textOf } from '../op-call.js'
import { given, programs } from '../program.js'
import { applyTimeFirst, reorderGates, type ChosenCell } from '../recurrent-layout.js'

/** A cell of the files, the letters of its gates in the order of its parameters here, and how the file's letters differ. */
type Known = ChosenCell & { readonly gates: string; readonly alias?: readonly [string, string] }

const cells: Readonly<Record<string, Known>> = {
  gru_reset_before: known(gru, 'rzn', { resetAfter: false }),
  gru_keras_zrh: { ...known(gru, 'rzn', { resetAfter: false }), alias: ['h', 'n'] }, // Keras's letter for the candidate
  elman_separate_out: known(rnn, 'h'),
  mgu: known(mgu, 'fh'),
  janet: known(janet, 'fg', { beta: 0 }),
  ugrnn: known(ugrnn, 'cg'),
  indrnn: known(indRnn, 'h'),
  mingru: known(minGru, 'zh'),
  mingru_g: known(minGru, 'zh', { candidate: 'positive' }),
  minlstm: known(minLstm, 'fih'),
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
      ...(tensors['R'] && { recurrentKernel: swapAxes(ordered('R'), 0, 1) }),
      ...(tensors['u'] && { recurrentWeights: tensors['u'] }),
      bias: ordered('b'),
    }
    const { output, state } = applyTimeFirst(layer, params, given(tensors, 'x'), { h: given(tensors, 'h0') })
    return { y: project(output, tensors), h_n: (state as { h: Tensor }).h }
  }
})

function known(cell: object, gates: string, options: ChosenCell['options'] = {}): Known {
  return { cell: cell as Cell, gates, options }
}

/** What stands between the state and the output, where the file has weights for it. */
function project(y: Tensor, { V, c }: Readonly<Record<string, Tensor>>): Tensor {
  if (V === undefined) return y
  const [outputSize, inputSize] = V.shape as [number, number]
  const layer = linear({ inputSize, outputSize, bias: c !== undefined })
  return layer.apply({ kernel: swapAxes(V, 0, 1), ...(c && { bias: c }) }, y)
}
