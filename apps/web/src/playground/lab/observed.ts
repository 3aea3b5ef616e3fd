import type { Observation } from '../engine/lab/observe.js'
import type { LabFacts } from '../engine/lab/lab.js'
import type { LaneView } from '../engine/lanes/session.js'

/** One training of the lab. */
export type LabLane = LaneView<LabFacts, Observation>

/**
 * How much of a gradient at its strongest time is left at each time, as a power of ten: 0 for all, -3 for a
 * thousandth. Nothing at all is -Infinity.
 */
export function reachOf(flow: Float32Array): Float32Array {
  let most = 0
  for (const value of flow) if (value > most) most = value
  return flow.map((value) => Math.log10(value / most))
}

/** The powers of ten that pictures tell apart. */
export const decades = 8

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** A part of a whole in words: `a third`, `1 part in 10⁷`. */
export function partOf(exponent: number): string {
  if (exponent > -0.5) return 'all'
  if (exponent > -1) return 'a fifth'
  if (!Number.isFinite(exponent)) return 'nothing'
  const digits = [...String(Math.round(-exponent))].map((digit) => superscripts[Number(digit)]).join('')
  return `1 part in 10${digits === '¹' ? '' : digits}`
}
