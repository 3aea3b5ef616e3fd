import { around } from './around.js'
import type { AnyRecord, Cell, CellSize, ParamSpecs, StateRecord } from './cell.js'
import type { Initializer } from './initializer.js'
import { normalize, normSpecs, type LayerNormParams } from './layer-norm.js'
import type { OptionSpecs, OptionValues } from './options.js'
import { outputSizeOf } from './output.js'

/** What normalisation adds to the parameters of its cell. */
type NormedSpecs<Specs> = {
  readonly cell: Specs
  readonly norm: { readonly gain: Initializer; readonly bias: Initializer }
}

/**
 * A cell whose output is layer-normalised (Ba, Kiros & Hinton 2016, equation 4) before the next layer reads it. The state
 * is the cell's own, and goes on as it is.
 */
export function withLayerNorm<
  Options extends OptionSpecs,
  Shapes extends StateRecord,
  Specs extends ParamSpecs,
>(cell: Cell<Options, Shapes, Specs>): Cell<Options, Shapes, NormedSpecs<Specs>> {
  const about = { label: 'withLayerNorm', title: 'with a normalised output', cite: ['ba2016'] }
  const wrapped = around(cell, about, ({ params, run }) => {
    const { next, output } = run({ params: params['cell'] as AnyRecord })
    return { ...next, y: normalize(output, params['norm'] as LayerNormParams) }
  })
  return {
    ...wrapped,
    fewestUnits: Math.max(2, cell.fewestUnits ?? 1),
    params: (size: CellSize, options: OptionValues<Options>) => ({
      cell: cell.params(size, options),
      norm: normSpecs(outputSizeOf(cell, size, options)),
    }),
  } as unknown as Cell<Options, Shapes, NormedSpecs<Specs>>
}
