import type { MDXComponents } from 'mdx/types'
import { AddingTapes } from './adding-tapes.js'
import { CompareFlow } from './compare-flow.js'
import { ForgetGate } from './forget-gate.js'
import { LstmUnit } from './lstm-unit.js'
import { Race } from './race.js'
import { RadiusFlow } from './radius-flow.js'
import { StateTrace } from './state-trace.js'

/** The figures that documents may use. */
export const figures: MDXComponents = {
  AddingTapes,
  CompareFlow,
  ForgetGate,
  LstmUnit,
  Race,
  RadiusFlow,
  StateTrace,
}
