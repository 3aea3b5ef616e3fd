export { additiveAttention, dotAttention } from './attention.js'
export type { AdditiveAttentionParams, Attended, AttentionOptions } from './attention.js'
export { batchNorm } from './batch-norm.js'
export type { BatchNormState } from './batch-norm.js'
export type { PerEntry } from './around.js'
export { bidirectional } from './bidirectional.js'
export type { Merge } from './bidirectional.js'
export { defineCell, offer } from './cell.js'
export type {
  Cell,
  CellSize,
  ParallelForm,
  ParamsOf,
  ParamSpecs,
  StateOf,
  StateRecord,
  StateShapes,
  StepContext,
  StepResult,
} from './cell.js'
export { cellNormLstm } from './cells/cell-norm-lstm.js'
export { cifgLstm } from './cells/cifg-lstm.js'
export { fgrLstm } from './cells/fgr-lstm.js'
export { gateNormLstm } from './cells/gate-norm-lstm.js'
export { gru } from './cells/gru.js'
export { highwayLstm } from './cells/highway-lstm.js'
export { indRnn } from './cells/ind-rnn.js'
export { cells } from './cells/index.js'
export type { CellName } from './cells/index.js'
export { irnn } from './cells/irnn.js'
export { janet } from './cells/janet.js'
export { jordan } from './cells/jordan.js'
export { layerNormLstm } from './cells/layer-norm-lstm.js'
export { lstm } from './cells/lstm.js'
export { multiplicativeLstm } from './cells/multiplicative-lstm.js'
export { lstm1997 } from './cells/lstm-1997.js'
export { slstm } from './cells/slstm.js'
export { mlstm } from './cells/mlstm.js'
export { lru } from './cells/lru.js'
export { cfc } from './cells/cfc.js'
export { mgu } from './cells/mgu.js'
export { minGru } from './cells/min-gru.js'
export { minLstm } from './cells/min-lstm.js'
export { minimalRnn } from './cells/minimal-rnn.js'
export { mut1 } from './cells/mut1.js'
export { mut2 } from './cells/mut2.js'
export { mut3 } from './cells/mut3.js'
export { nfgLstm } from './cells/nfg-lstm.js'
export { niafLstm } from './cells/niaf-lstm.js'
export { nigLstm } from './cells/nig-lstm.js'
export { noafLstm } from './cells/noaf-lstm.js'
export { nogLstm } from './cells/nog-lstm.js'
export { peepholeLstm } from './cells/peephole-lstm.js'
export { phasedLstm } from './cells/phased-lstm.js'
export { projectedLstm } from './cells/projected-lstm.js'
export { qrnn } from './cells/qrnn.js'
export { residualLstm } from './cells/residual-lstm.js'
export { rhn } from './cells/rhn.js'
export { rnn } from './cells/rnn.js'
export { sru } from './cells/sru.js'
export { ugrnn } from './cells/ugrnn.js'
export { clipState } from './clip-state.js'
export { conv1d } from './conv1d.js'
export type { Conv1dParams } from './conv1d.js'
export { dropout } from './dropout.js'
export { embedding } from './embedding.js'
export type { EmbeddingParams } from './embedding.js'
export { groupNorm } from './group-norm.js'
export { highway } from './highway.js'
export {
  chronoBias,
  constantInit,
  gateBias,
  glorotUniform,
  heNormal,
  identityInit,
  normalInit,
  orthogonal,
  orthogonalPerGate,
  uniformInit,
  zerosInit,
} from './initializer.js'
export type { Initializer } from './initializer.js'
export { layerNorm } from './layer-norm.js'
export type { LayerNormParams } from './layer-norm.js'
export { linear } from './linear.js'
export type { LinearParams } from './linear.js'
export { binaryCrossEntropy, binaryCrossEntropyWithLogits } from './losses/binary-cross-entropy.js'
export type { BinaryCrossEntropyOptions } from './losses/binary-cross-entropy.js'
export { crossEntropy, negativeLogLikelihood } from './losses/cross-entropy.js'
export type { ClassOptions, CrossEntropyOptions } from './losses/cross-entropy.js'
export { ctcLoss } from './losses/ctc.js'
export type { CtcOptions } from './losses/ctc.js'
export {
  gaussianNegativeLogLikelihood,
  klDivergence,
  poissonNegativeLogLikelihood,
} from './losses/likelihood.js'
export { cosineEmbeddingLoss, marginRankingLoss, tripletMarginLoss } from './losses/margin.js'
export type { MarginOptions } from './losses/margin.js'
export { mixtureDensityLoss, splitMixture } from './losses/mixture-density.js'
export type { Mixture } from './losses/mixture-density.js'
export type { LossOptions, Reduction } from './losses/reduction.js'
export { huberLoss, meanAbsoluteError, meanSquaredError, smoothL1Loss } from './losses/regression.js'
export { resolveOptions, unitsAtOnce } from './options.js'
export type { OptionSpec, OptionSpecs, OptionValues } from './options.js'
export { outputSizeOf, runStep } from './output.js'
export { countParams, drawParams, initialState } from './params.js'
export { lastStep, meanOverTime } from './over-time.js'
export { logLinear } from './parallel.js'
export { averagePool, maxPool } from './pooling.js'
export type { PoolOptions } from './pooling.js'
export { cellNamed, cellNameProblem, isCell, registerCell, registeredCells } from './registry.js'
export { recurrent } from './recurrent.js'
export type { RecurrentOptions, SequenceLayer, SequenceOptions } from './recurrent.js'
export { recurrentDropout } from './recurrent-dropout.js'
export { resetOn } from './reset-on.js'
export { residual } from './residual.js'
export { rmsNorm } from './rms-norm.js'
export type { RmsNormParams } from './rms-norm.js'
export { sequential } from './sequential.js'
export { stack } from './stack.js'
export { variationalDropout } from './variational-dropout.js'
export { weightDrop } from './weight-drop.js'
export { withDropout } from './with-dropout.js'
export { withInit } from './with-init.js'
export { withLayerNorm } from './with-layer-norm.js'
export { withOptions } from './with-options.js'
export { zoneout } from './zoneout.js'
