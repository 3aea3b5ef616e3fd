import { gru } from './gru.js'
import { lstm } from './lstm.js'
import { peepholeLstm } from './peephole-lstm.js'
import { residualLstm } from './residual-lstm.js'
import { rnn } from './rnn.js'
import type { ScalarCell } from './scalar-cell.js'

/** Cells as plain loops, by the names of the cells they mirror: what golden numbers are made by. */
export const scalarCells: Readonly<Record<string, ScalarCell>> = {
  rnn,
  lstm,
  gru,
  'peephole-lstm': peepholeLstm,
  'residual-lstm': residualLstm,
}
