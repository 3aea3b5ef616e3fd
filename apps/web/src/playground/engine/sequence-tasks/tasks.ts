import { adding } from './adding.js'
import { counting, countingThree } from './counting.js'
import { parity } from './parity.js'
import { embeddedReber, reber } from './reber.js'
import type { SequenceTask } from './task.js'

/** The tasks by name, in the order in which they are offered. */
export const sequenceTasks: Readonly<Record<string, SequenceTask>> = Object.fromEntries(
  [reber, embeddedReber, counting, countingThree, adding, parity].map((task) => [task.name, task]),
)
