import type { Reproduction } from '../experiment.js'
import { adding } from './adding.js'
import { counting, counting3 } from './counting.js'
import { jsb } from './jsb.js'
import { reber } from './reber.js'
import { shakespeare } from './shakespeare.js'

/** All experiments by their names. */
export const reproductions: Readonly<Record<string, Reproduction>> = {
  reber,
  adding,
  counting,
  counting3,
  jsb,
  shakespeare,
}
