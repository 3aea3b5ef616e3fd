import { concat, split, swapAxes, type Tensor, type Tree } from '@tapeloop/core'
import { gru, lstm, projectedLstm, rnn, type Cell, type SequenceLayer } from '@tapeloop/layers'
import { unsupported } from './format.js'
import { given } from './program.js'

/** A cell with the options that make it the one a file names. */
export interface ChosenCell {
  readonly cell: Cell
  readonly options: Readonly<Record<string, number | boolean | string>>
}

/** A record of tensors: parameters or a state. */
export type Named = { readonly [name: string]: Tree }

/** PyTorch's recurrent modules by the name that the files have for them. Their second bias is `recurrentBias`. */
const cellsOfTorch: Readonly<Record<string, ChosenCell>> = {
  rnn_tanh: { cell: rnn as unknown as Cell, options: { activation: 'tanh' } },
  rnn_relu: { cell: rnn as unknown as Cell, options: { activation: 'relu' } },
  rnn: { cell: rnn as unknown as Cell, options: {} },
  lstm: { cell: lstm as unknown as Cell, options: {} },
  lstm_proj: { cell: projectedLstm as unknown as Cell, options: { peepholes: false } },
  gru: { cell: gru as unknown as Cell, options: { resetAfter: true } },
}

export function cellOfTorch(kind: string, hasBias: boolean): ChosenCell {
  const { cell, options } = cellsOfTorch[kind] ?? unsupported(`the cell ${kind}`)
  return { cell, options: { ...options, bias: hasBias, recurrentBias: hasBias } }
}

/** Parameters in PyTorch's layout, `weight_ih` `[G·H, in]` and so on, as the parameters of a cell, `[in, G·H]`. */
export function paramsOfTorch(tensors: Readonly<Record<string, Tensor>>, suffix = '', prefix = ''): Named {
  const named = (name: string) => tensors[`${prefix}${name}${suffix}`]
  const [bias, recurrentBias, projection] = [named('bias_ih'), named('bias_hh'), named('weight_hr')]
  return {
    kernel: swapAxes(given(tensors, `${prefix}weight_ih${suffix}`), 0, 1),
    recurrentKernel: swapAxes(given(tensors, `${prefix}weight_hh${suffix}`), 0, 1),
    ...(bias && { bias }),
    ...(recurrentBias && { recurrentBias }),
    ...(projection && { projectionKernel: swapAxes(projection, 0, 1) }),
  }
}

/** Blocks of rows `[G·n, …]`, one for each letter of `from`, in the order of the letters of `to`. */
export function reorderGates(x: Tensor, from: string, to: string): Tensor {
  if (from === to) return x
  const blocks = split(x, from.length, 0) as Tensor[]
  const ordered = [...to].map((letter) => blocks[from.indexOf(letter)])
  if (from.length !== to.length || ordered.includes(undefined)) unsupported(`the order of gates ${from}`)
  return concat(ordered as Tensor[], 0)
}

/** Runs a layer over x `[time, batch, features]`; the output has the same order of axes. */
export function applyTimeFirst<Params, State>(
  layer: SequenceLayer<Params, State>,
  params: Params,
  x: Tensor,
  state?: State,
): { output: Tensor; state: State } {
  const result = layer.apply(params, swapAxes(x, 0, 1), state === undefined ? {} : { state })
  return { output: swapAxes(result.output, 0, 1), state: result.state }
}
