import { refuse } from '@tapeloop/core'
import type { Cell, ParamSpecs, StateRecord } from './cell.js'
import type { OptionSpecs } from './options.js'
import { outputSizeOf, runStep } from './output.js'

/**
 * A cell whose output has its input added: x + cell(x), the residual connection of stacked layers (Wu et al. 2016,
 * GNMT, section 3.1). The state is the cell's own, without the sum. Input and output have equally many features.
 */
export function residual<Options extends OptionSpecs, Shapes extends StateRecord, Specs extends ParamSpecs>(
  cell: Cell<Options, Shapes, Specs>,
): Cell<Options, Shapes, Specs> {
  return {
    ...cell,
    name: `residual(${cell.name})`,
    title: `${cell.title} with a residual connection`,
    cite: [...cell.cite, 'wu2016'],
    equations: String.raw`y_t = h_t + x_t \qquad ${cell.equations}`,
    outputSize(size, options) {
      const outputSize = outputSizeOf(cell, size, options)
      if (outputSize !== size.inputSize) {
        refuse(
          this.name,
          `the input has ${size.inputSize} features but the output ${outputSize}; they are added, so make them equal`,
        )
      }
      return outputSize
    },
    step(params, state, x, context) {
      const { next, output } = runStep(cell, params, state, x, context)
      return { ...next, y: output.add(x) } as never
    },
  }
}
