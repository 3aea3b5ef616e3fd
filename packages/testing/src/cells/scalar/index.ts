import { cellNormLstm } from './cell-norm-lstm.js'
import { cifgLstm } from './cifg-lstm.js'
import { fgrLstm } from './fgr-lstm.js'
import { gateNormLstm } from './gate-norm-lstm.js'
import { gru } from './gru.js'
import { indRnn } from './ind-rnn.js'
import { irnn } from './irnn.js'
import { janet } from './janet.js'
import { jordan } from './jordan.js'
import { layerNormLstm } from './layer-norm-lstm.js'
import { lstm } from './lstm.js'
import { mgu } from './mgu.js'
import { minGru } from './min-gru.js'
import { minLstm } from './min-lstm.js'
import { minimalRnn } from './minimal-rnn.js'
import { mut1 } from './mut1.js'
import { mut2 } from './mut2.js'
import { mut3 } from './mut3.js'
import { nfgLstm } from './nfg-lstm.js'
import { niafLstm } from './niaf-lstm.js'
import { nigLstm } from './nig-lstm.js'
import { noafLstm } from './noaf-lstm.js'
import { nogLstm } from './nog-lstm.js'
import { peepholeLstm } from './peephole-lstm.js'
import { projectedLstm } from './projected-lstm.js'
import { qrnn } from './qrnn.js'
import { residualLstm } from './residual-lstm.js'
import { rhn } from './rhn.js'
import { rnn } from './rnn.js'
import { sru } from './sru.js'
import { ugrnn } from './ugrnn.js'
import { multiplicativeLstm } from './multiplicative-lstm.js'
import { lstm1997 } from './lstm-1997.js'
import { slstm } from './slstm.js'
import { mlstm } from './mlstm.js'
import { lru } from './lru.js'
import { cfc } from './cfc.js'
import { phasedLstm } from './phased-lstm.js'
import { highwayLstm } from './highway-lstm.js'
import type { ScalarCell } from './scalar-cell.js'

/** Cells as plain loops, by the names of the cells they mirror: what golden numbers are made by. */
export const scalarCells: Readonly<Record<string, ScalarCell>> = {
  rnn,
  lstm,
  gru,
  'peephole-lstm': peepholeLstm,
  'residual-lstm': residualLstm,
  'nig-lstm': nigLstm,
  'nfg-lstm': nfgLstm,
  'nog-lstm': nogLstm,
  'niaf-lstm': niafLstm,
  'noaf-lstm': noafLstm,
  'cifg-lstm': cifgLstm,
  'fgr-lstm': fgrLstm,
  'projected-lstm': projectedLstm,
  'layer-norm-lstm': layerNormLstm,
  'cell-norm-lstm': cellNormLstm,
  'gate-norm-lstm': gateNormLstm,
  mgu,
  janet,
  ugrnn,
  'min-gru': minGru,
  'min-lstm': minLstm,
  'minimal-rnn': minimalRnn,
  'ind-rnn': indRnn,
  irnn,
  sru,
  qrnn,
  rhn,
  jordan,
  mut1,
  mut2,
  mut3,
  'multiplicative-lstm': multiplicativeLstm,
  'lstm-1997': lstm1997,
  slstm,
  mlstm,
  lru,
  cfc,
  'phased-lstm': phasedLstm,
  'highway-lstm': highwayLstm,
}
