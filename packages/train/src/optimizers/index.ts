import { adam, adamw } from './adam.js'
import { sgd } from './sgd.js'

/** The optimizers by name: for those who look one up, such as a command line. Each takes `learningRate`. */
export const optimizers = { sgd, adam, adamw } as const
