import { foldIn } from '@tapeloop/core'
import { around, mapEntries } from './around.js'
import type { Cell, ParamSpecs, StateRecord } from './cell.js'
import { checkRate, dropout } from './dropout.js'
import type { OptionSpecs } from './options.js'

/**
 * DropConnect: weights instead of units are dropped, the same ones for all rows and steps of a sequence (Merity, Keskar &
 * Socher 2018, AWD-LSTM, section 2). Those of every parameter called `recurrentKernel` unless named.
 *
 * @throws where the rate is not from 0 to below 1; the step throws where a name is no parameter
 */
export function weightDrop<Options extends OptionSpecs, Shapes extends StateRecord, Specs extends ParamSpecs>(
  cell: Cell<Options, Shapes, Specs>,
  rate: number,
  { names = ['recurrentKernel'] }: { readonly names?: readonly string[] } = {},
): Cell<Options, Shapes, Specs> {
  checkRate('weightDrop', rate)
  const rates = Object.fromEntries(names.map((name) => [name, rate]))
  const about = {
    label: 'weightDrop',
    title: 'with dropped weights',
    cite: ['merity2018'],
    equations: String.raw`R \leftarrow M \odot R`,
  }
  return around(cell, about, ({ params, run, sequenceKey: key }) => {
    const dropped = mapEntries('weightDrop', params, rates, (leaf, rate, i) =>
      dropout(leaf, rate, key && foldIn(key, i)),
    )
    const { next, y } = run({ params: dropped })
    return { ...next, ...(y && { y }) }
  })
}
