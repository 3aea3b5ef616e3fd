import { clip } from '@tapeloop/core'
import { around, checkAmounts, mapEntries, type PerEntry } from './around.js'
import type { Cell, ParamSpecs, StateRecord } from './cell.js'
import type { OptionSpecs } from './options.js'

/**
 * A cell whose state after each step is held between ± a bound, with gradient 0 beyond it: one bound for all states, or
 * one for each by name, as in `clipState(lstm, { c: 3 })` (Sak, Senior & Beaufays 2014). An output that is
 * a state is held too.
 *
 * @throws where a bound is not above 0; the step throws where a name is no state
 */
export function clipState<Options extends OptionSpecs, Shapes extends StateRecord, Specs extends ParamSpecs>(
  cell: Cell<Options, Shapes, Specs>,
  bounds: PerEntry,
): Cell<Options, Shapes, Specs> {
  checkAmounts('clipState', bounds, (bound) => bound > 0, 'a bound above 0')
  const about = { label: 'clipState', title: 'with a bounded state', cite: ['sak2014'] }
  return around(cell, about, ({ run }) => {
    const { next, y } = run()
    const held = mapEntries('clipState', next, bounds, (leaf, bound) => clip(leaf, -bound, bound))
    return { ...held, ...(y && { y }) }
  })
}
