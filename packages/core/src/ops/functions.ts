/** The functions that apply one primitive each. */
export {
  abs,
  add,
  and,
  atan2,
  cos,
  div,
  equal,
  erf,
  exp,
  expm1,
  floor,
  less,
  lessEqual,
  log,
  log1p,
  maximum,
  minimum,
  mul,
  neg,
  not,
  or,
  pow,
  remainder,
  sigmoid,
  sign,
  sin,
  sqrt,
  sub,
  tanh,
} from './arithmetic.js'
export type { Operand } from './arithmetic.js'
export { concat, sliceAxis } from './concat.js'
export { moveAxis, pick, place, scatterAdd, take } from './indexing.js'
export { full, iota, ones, zeros } from './literal.js'
export { matmul } from './matmul.js'
export { broadcastTo, permute, reshape } from './movement.js'
export { argmax, argsort, cumsum, flip, max, sum } from './reduce.js'
export { cast, stopGradient } from './select.js'
