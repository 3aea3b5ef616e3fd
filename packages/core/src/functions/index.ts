/** Functions composed of primitives. */
export {
  celu,
  elu,
  gelu,
  glu,
  leakyRelu,
  logSigmoid,
  mish,
  relu,
  selu,
  silu,
  softplus,
  softsign,
  tanhShrink,
} from './activations.js'
export { clip } from './clip.js'
export { greater, greaterEqual, isFinite, isNaN, notEqual } from './comparison.js'
export { cumprod, logCumSumExp } from './cumulative.js'
export { einsum } from './einsum.js'
export { where } from './elementwise.js'
export { hardSigmoid, hardSwish, hardTanh, relu6, softShrink } from './hard-activations.js'
export {
  indexAdd,
  indexCopy,
  indexSelect,
  oneHot,
  scatterAddAlong,
  scatterAlong,
  takeAlongAxis,
  takeAt,
} from './indexing.js'
export { maskedFill, maskedSelect } from './mask.js'
export { asinh, atan, cosh, hypot, lerp, log2, reciprocal, rsqrt, sinh, square, tan } from './math.js'
export { diag, diagonal, eye, outer, tril, triu } from './matrix.js'
export { cosineSimilarity, norm, standardize } from './norms.js'
export { maxWithIndex, median, minWithIndex, sort, topK } from './order.js'
export type { Ranked } from './order.js'
export { pad } from './pad.js'
export type { Margins, PadOptions } from './pad.js'
export { arange, linspace } from './ranges.js'
export { all, any, argmin, mean, min, prod, standardDeviation, variance } from './reduce.js'
export {
  expandDims,
  flattenAxes,
  repeat,
  repeatInterleave,
  roll,
  squeeze,
  stack,
  swapAxes,
  unstack,
} from './shape.js'
export { slice } from './slice.js'
export type { AxisRange } from './slice.js'
export { logAddExp, logSoftmax, logSumExp, softmax } from './softmax.js'
export { chunk, split } from './split.js'
export type { Tensors } from './split.js'
export { unfold } from './windows.js'
