import { gru } from './gru.js'
import { lstm } from './lstm.js'
import { peepholeLstm } from './peephole-lstm.js'
import { residualLstm } from './residual-lstm.js'
import { rnn } from './rnn.js'

/** The registry: every cell by its name. The CLI, the pages, the benchmarks and the tests take cells from here. */
export const cells = {
  rnn,
  lstm,
  gru,
  'peephole-lstm': peepholeLstm,
  'residual-lstm': residualLstm,
} as const

/** The names in the registry. */
export type CellName = keyof typeof cells
