import { split, squeeze, swapAxes, type Tensor } from '@tapeloop/core'
import {
  gru,
  indRnn,
  janet,
  linear,
  mgu,
  minGru,
  minLstm,
  qrnn,
  recurrent,
  rhn,
  rnn,
  sru,
  ugrnn,
  type Cell,
  type SequenceLayer,
} from '@tapeloop/layers'
import { unsupported } from '../format.js'
import { numberOf, textOf } from '../op-call.js'
import { given, programs } from '../program.js'
import { applyTimeFirst, reorderGates, type ChosenCell, type Named } from '../recurrent-layout.js'

/** A cell of the files, the letters of its gates in the order of its parameters here, and how the file's letters differ. */
type Known = ChosenCell & {
  readonly gates: string
  readonly alias?: readonly [string, string]
  /** parameters besides the kernel, where they are not the usual recurrent kernel and bias */
  readonly others?: (tensors: Tensors) => Named
}

type Tensors = Readonly<Record<string, Tensor>>

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
  qrnn_fo: known(qrnn, 'zfo', { window: 2 }),
  sru: { ...known(sru, 'xfr'), others: paramsOfSru },
  rhn: { ...known(rhn, 'ht', { depth: 3 }), others: paramsOfRhn },
}

/** Cells other than PyTorch's, one layer with one bias. */
export const otherCells = programs(({ config }) => {
  const name = textOf(config, 'cell')
  const { cell, options, gates, alias, others } = cells[name] ?? unsupported(`the cell ${name}`)
  const letters = textOf(config, 'gates')
  const order = alias ? letters.replace(...alias) : letters
  const [inputSize, hiddenSize] = [numberOf(config, 'input_size'), numberOf(config, 'hidden_size')]
  const layer = recurrent(cell, { inputSize, hiddenSize, ...options }) as SequenceLayer
  return (tensors) => {
    const ordered = (name: string) => reorderGates(given(tensors, name), order, gates)
    const usual = () => ({
      ...(tensors['R'] && { recurrentKernel: swapAxes(ordered('R'), 0, 1) }),
      ...(tensors['u'] && { recurrentWeights: tensors['u'] }),
      bias: ordered('b'),
    })
    const params = { kernel: swapAxes(ordered('W'), 0, 1), ...(others ? others(tensors) : usual()) }
    const x = given(tensors, 'x')
    const zeros = layer.initialState(x.shape[1]!, x.dtype) as Named
    const kept = 'h' in zeros ? 'h' : 'c'
    const start = { ...zeros, [kept]: given(tensors, 'h0') }
    const { output, state } = applyTimeFirst(layer, params, x, start)
    return { y: project(output, tensors), [`${kept}_n`]: (state as typeof start)[kept] as Tensor }
  }
})

/** `v` holds the weights of the gates f and r, row by row. */
function paramsOfSru({ v, b }: Tensors): Named {
  const [f, r] = split(v!, 2, 0)
  return { cellWeights: { f: squeeze(f, 0), r: squeeze(r, 0) }, bias: b! }
}

/** Layer after layer in `R` and `b`. */
function paramsOfRhn({ R, b }: Tensors): Named {
  const [kernels, biases] = [split(R!, 3, 0), split(b!, 3, 0)]
  return {
    layers: kernels.map((kernel, l) => ({ recurrentKernel: swapAxes(kernel, 0, 1), bias: biases[l]! })),
  }
}

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
