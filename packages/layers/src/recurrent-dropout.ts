import { foldIn, refuse } from '@tapeloop/core'
import { around } from './around.js'
import type { Cell, ParamSpecs, StateRecord } from './cell.js'
import { checkRate, dropout } from './dropout.js'
import type { OptionSpecs } from './options.js'

/**
 * Dropout of the candidate alone, before it enters the state, so that nothing that is remembered is lost (Semeniuta,
 * Severyn & Barth 2016): c = f ⊙ c + i ⊙ dropout(g). New masks each step, or one for the whole sequence.
 *
 * @throws where the rate is not from 0 to below 1; the step throws where the cell has no candidate that it hands out
 */
export function recurrentDropout<
  Options extends OptionSpecs,
  Shapes extends StateRecord,
  Specs extends ParamSpecs,
>(
  cell: Cell<Options, Shapes, Specs>,
  rate: number,
  { per = 'step' }: { readonly per?: 'step' | 'sequence' } = {},
): Cell<Options, Shapes, Specs> {
  checkRate('recurrentDropout', rate)
  const about = {
    label: 'recurrentDropout',
    title: 'with dropout of its candidate',
    cite: ['semeniuta2016'],
    equations: String.raw`g_t \leftarrow d_t \odot g_t`,
  }
  return around(cell, about, ({ run, stepKey, sequenceKey }) => {
    const key = per === 'step' ? stepKey : sequenceKey
    let count = 0
    const { next, y } = run({
      onCandidate(candidate) {
        count++
        return dropout(candidate, rate, key && foldIn(key, count))
      },
    })
    if (count === 0)
      refuse('recurrentDropout', `${cell.name} hands out no candidate; use zoneout or variationalDropout`)
    return { ...next, ...(y && { y }) }
  })
}
