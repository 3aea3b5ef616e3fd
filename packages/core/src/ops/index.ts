import * as arithmetic from './arithmetic.js'
import { concatOp } from './concat.js'
import { customOp } from './custom.js'
import { pickOp, placeOp, scatterAddOp, takeOp } from './indexing.js'
import { fullOp, iotaOp } from './literal.js'
import { matmulOp } from './matmul.js'
import { broadcastOp, flipOp, padOp, reshapeOp, sliceOp, transposeOp } from './movement.js'
import { foldInOp, randomBitsOp } from './random-bits.js'
import { argmaxOp, argsortOp, cumsumOp, maxOp, sumOp } from './reduce.js'
import { scanOp } from './scan.js'
import { castOp, selectOp, stopOp } from './select.js'

/** Every primitive by name. A backend is a table over these keys, so that a missing entry is a type error. */
export const primitives = {
  neg: arithmetic.negOp,
  abs: arithmetic.absOp,
  sign: arithmetic.signOp,
  floor: arithmetic.floorOp,
  exp: arithmetic.expOp,
  expm1: arithmetic.expm1Op,
  log: arithmetic.logOp,
  log1p: arithmetic.log1pOp,
  sin: arithmetic.sinOp,
  cos: arithmetic.cosOp,
  tanh: arithmetic.tanhOp,
  sigmoid: arithmetic.sigmoidOp,
  sqrt: arithmetic.sqrtOp,
  erf: arithmetic.erfOp,
  not: arithmetic.notOp,
  add: arithmetic.addOp,
  sub: arithmetic.subOp,
  mul: arithmetic.mulOp,
  div: arithmetic.divOp,
  pow: arithmetic.powOp,
  maximum: arithmetic.maximumOp,
  minimum: arithmetic.minimumOp,
  atan2: arithmetic.atan2Op,
  remainder: arithmetic.remainderOp,
  equal: arithmetic.equalOp,
  less: arithmetic.lessOp,
  lessEqual: arithmetic.lessEqualOp,
  and: arithmetic.andOp,
  or: arithmetic.orOp,
  select: selectOp,
  cast: castOp,
  stop: stopOp,
  full: fullOp,
  iota: iotaOp,
  reshape: reshapeOp,
  transpose: transposeOp,
  broadcast: broadcastOp,
  slice: sliceOp,
  pad: padOp,
  flip: flipOp,
  concat: concatOp,
  sum: sumOp,
  max: maxOp,
  argmax: argmaxOp,
  cumsum: cumsumOp,
  argsort: argsortOp,
  matmul: matmulOp,
  take: takeOp,
  scatterAdd: scatterAddOp,
  pick: pickOp,
  place: placeOp,
  randomBits: randomBitsOp,
  foldIn: foldInOp,
  scan: scanOp,
  custom: customOp,
} as const

/** The names of the primitives. */
export type PrimitiveName = keyof typeof primitives
