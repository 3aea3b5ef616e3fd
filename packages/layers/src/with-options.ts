import type { Cell, ParamSpecs, StateRecord } from './cell.js'
import { resolveOptions, type OptionSpecs, type OptionValues } from './options.js'

/** The same cell with other defaults: `stack([withOptions(lstm, { forgetBias: 2 }), lstm])`. */
export function withOptions<
  Options extends OptionSpecs,
  Shapes extends StateRecord,
  Specs extends ParamSpecs,
>(cell: Cell<Options, Shapes, Specs>, given: Partial<OptionValues<Options>>): Cell<Options, Shapes, Specs> {
  const values = resolveOptions(cell.name, cell.options, given) as Record<string, unknown>
  const options = Object.entries(cell.options).map(([name, spec]) => [
    name,
    { ...spec, default: values[name] },
  ])
  return { ...cell, options: Object.fromEntries(options) as Options }
}
