import { around, outputLikeInput } from './around.js'
import type { Cell, ParamSpecs, StateRecord } from './cell.js'
import type { OptionSpecs } from './options.js'

/**
 * A cell whose output has its input added: x + cell(x), the residual connection of stacked layers (Wu et al. 2016,
 * GNMT, section 3.1). The state is the cell's own, without the sum. Input and output have equally many features.
 */
export function residual<Options extends OptionSpecs, Shapes extends StateRecord, Specs extends ParamSpecs>(
  cell: Cell<Options, Shapes, Specs>,
): Cell<Options, Shapes, Specs> {
  const about = {
    label: 'residual',
    title: 'with a residual connection',
    cite: ['wu2016'],
    equations: String.raw`y_t = h_t + x_t`,
  }
  const wrapped = around(cell, about, ({ x, run }) => {
    const { next, output } = run()
    return { ...next, y: output.add(x) }
  })
  return {
    ...wrapped,
    outputSize: (size, options) => outputLikeInput(wrapped.name, cell, size, options),
  }
}
