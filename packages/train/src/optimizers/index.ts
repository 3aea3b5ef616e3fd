import { adadelta } from './adadelta.js'
import { adagrad } from './adagrad.js'
import { adam, adamw } from './adam.js'
import { adamax } from './adamax.js'
import { lion } from './lion.js'
import { muon } from './muon.js'
import { nadam } from './nadam.js'
import { ntAsgd } from './nt-asgd.js'
import { radam } from './radam.js'
import { rmsprop } from './rmsprop.js'
import { sgd } from './sgd.js'

/** The optimizers by name: for those who look one up, such as a command line. Each takes `learningRate`. */
export const optimizers = {
  sgd,
  adam,
  adamw,
  adamax,
  nadam,
  radam,
  rmsprop,
  adagrad,
  adadelta,
  lion,
  muon,
  ntAsgd,
} as const
