import { ops } from '../op-call.js'
import type { Family } from '../program.js'
import { torchCells } from './cells.js'
import { compositions } from './compositions.js'
import { layerNormLstms } from './layernorm-lstm.js'
import { losses } from './losses.js'
import { learningRates } from './lr-schedulers.js'
import { lstmVariants } from './lstm-variants.js'
import { binaryRules } from './ops-binary.js'
import { opsDoubleBackward } from './ops-double-backward.js'
import { linalgRules } from './ops-linalg.js'
import { nnRules } from './ops-nn.js'
import { reduceRules } from './ops-reduce.js'
import { shapeRules } from './ops-shape.js'
import { unaryRules } from './ops-unary.js'
import { optimizerRuns } from './optimizers.js'
import { otherCells } from './other-cells.js'
import { residualLstms } from './residual-lstm.js'
import { residualStacks } from './residual-stack.js'
import { torchRecurrent } from './torch-recurrent.js'
import { trainingRuns } from './train-steps.js'

/** How the cases of each family of vectors are run. */
export const families: Readonly<Record<string, Family>> = {
  ops_unary: ops(unaryRules),
  ops_binary_broadcast: ops(binaryRules),
  ops_linalg: ops(linalgRules),
  ops_reduce_softmax: ops(reduceRules),
  ops_shape_index: ops(shapeRules),
  ops_nn: ops(nnRules),
  ops_edge_values: (vector, setting) =>
    ops('b' in vector.inputs ? binaryRules : { ...reduceRules, ...nnRules, ...unaryRules })(vector, setting),
  ops_double_backward: opsDoubleBackward,
  cells: torchCells,
  torch_rnn_tanh: torchRecurrent,
  torch_rnn_relu: torchRecurrent,
  torch_lstm: torchRecurrent,
  torch_lstm_proj: torchRecurrent,
  torch_gru: torchRecurrent,
  lstm_peephole_and_variants: lstmVariants,
  layernorm_lstm: layerNormLstms,
  other_cells: otherCells,
  residual_lstm: residualLstms,
  residual_stack: residualStacks,
  losses,
  ctc_loss: losses,
  optimizers: optimizerRuns,
  lr_schedulers: learningRates,
  train_steps: trainingRuns,
  compositions,
}
