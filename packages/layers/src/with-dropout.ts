import { around } from './around.js'
import type { Cell, ParamSpecs, StateRecord } from './cell.js'
import { checkRate, dropout } from './dropout.js'
import type { OptionSpecs } from './options.js'

/**
 * A cell whose output is dropped out, with new masks each step, before the next layer reads it, as between the layers of a
 * stack (Zaremba, Sutskever & Vinyals 2014, section 3). Nothing that is remembered is dropped.
 *
 * @throws where the rate is not from 0 to below 1
 */
export function withDropout<
  Options extends OptionSpecs,
  Shapes extends StateRecord,
  Specs extends ParamSpecs,
>(cell: Cell<Options, Shapes, Specs>, rate: number): Cell<Options, Shapes, Specs> {
  checkRate('withDropout', rate)
  const about = { label: 'withDropout', title: 'with dropout of its output', cite: ['zaremba2014'] }
  return around(cell, about, ({ run, stepKey }) => {
    const { next, output } = run()
    return { ...next, y: dropout(output, rate, stepKey) }
  })
}
