import { bernoulli, flatten, foldIn, where } from '@tapeloop/core'
import { around, checkAmounts, mapEntries, type PerEntry } from './around.js'
import type { Cell, ParamSpecs, StateRecord } from './cell.js'
import type { OptionSpecs } from './options.js'

/**
 * Zoneout (Krueger et al. 2017, section 3): in training each unit of a state keeps, with the probability `rate`,
 * what it was a step ago; in evaluation it is the mean of both with these weights. One rate for all states, or one for
 * each by name: `zoneout(lstm, { h: 0.05, c: 0.5 })`. An output that is a state is that after zoneout.
 *
 * @throws where a rate is not from 0 to below 1; the step throws where a name is no state
 */
export function zoneout<Options extends OptionSpecs, Shapes extends StateRecord, Specs extends ParamSpecs>(
  cell: Cell<Options, Shapes, Specs>,
  rates: PerEntry,
): Cell<Options, Shapes, Specs> {
  checkAmounts('zoneout', rates, (rate) => rate >= 0 && rate < 1, 'a rate of at least 0 and below 1')
  const about = {
    label: 'zoneout',
    title: 'with zoneout',
    cite: ['krueger2017'],
    equations: String.raw`h_t = d_t \odot h_{t-1} + (1 - d_t) \odot \hat h_t`,
  }
  return around(cell, about, ({ state, run, stepKey }) => {
    const { next, y } = run()
    const before = flatten(state).leaves
    const mixed = mapEntries('zoneout', next, rates, (after, rate, i) => {
      const old = before[i]!
      return stepKey
        ? where(bernoulli(foldIn(stepKey, i), rate, old.shape), old, after)
        : old.mul(rate).add(after.mul(1 - rate))
    })
    return { ...mixed, ...(y && { y }) }
  })
}
