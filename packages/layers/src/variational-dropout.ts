import { foldIn } from '@tapeloop/core'
import { around, mapEntries, type PerEntry } from './around.js'
import type { Cell, ParamSpecs, StateRecord } from './cell.js'
import { checkRate, dropout } from './dropout.js'
import type { OptionSpecs } from './options.js'

/**
 * Dropout with one mask for the whole sequence (Gal & Ghahramani 2016, section 4), on the input and on the state as a
 * step reads it. The rate of the state is that of the entry that is the output, or give one for each by name:
 * `variationalDropout(lstm, { input: 0.2, state: 0.3 })`. A state that a cell also carries over is masked there too.
 *
 * @throws where a rate is not from 0 to below 1; the step throws where a name is no state
 */
export function variationalDropout<
  Options extends OptionSpecs,
  Shapes extends StateRecord,
  Specs extends ParamSpecs,
>(
  cell: Cell<Options, Shapes, Specs>,
  { input = 0, state: rate = 0 }: { readonly input?: number; readonly state?: PerEntry },
): Cell<Options, Shapes, Specs> {
  const rates = typeof rate === 'number' ? { [cell.output ?? 'h']: rate } : rate
  for (const each of [input, ...Object.values(rates)]) checkRate('variationalDropout', each)
  const about = {
    label: 'variationalDropout',
    title: 'with one dropout mask a sequence',
    cite: ['gal2016'],
    equations: String.raw`x_t \leftarrow m_x \odot x_t \qquad h_{t-1} \leftarrow m_h \odot h_{t-1}`,
  }
  return around(cell, about, ({ state, x, run, sequenceKey: key }) => {
    const masked = mapEntries('variationalDropout', state, rates, (leaf, rate, i) =>
      dropout(leaf, rate, key && foldIn(key, i + 1)),
    )
    const { next, y } = run({ state: masked, x: dropout(x, input, key && foldIn(key, 0)) })
    return { ...next, ...(y && { y }) }
  })
}
