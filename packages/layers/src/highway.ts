import { sigmoid, sub, type Tensor } from '@tapeloop/core'
import { affine } from './affine.js'
import { around, outputLikeInput } from './around.js'
import type { AnyRecord, Cell, CellSize, ParamSpecs, StateRecord } from './cell.js'
import { constantInit, glorotUniform, type Initializer } from './initializer.js'
import type { OptionSpecs, OptionValues } from './options.js'

/** What a highway adds to the parameters of its cell. */
type HighwaySpecs<Specs> = {
  readonly cell: Specs
  readonly transform: { readonly kernel: Initializer; readonly bias: Initializer }
}

/**
 * A cell whose output a gate mixes with its input: t ⊙ cell(x) + (1 − t) ⊙ x with t = σ(W x + b), where b starts below 0,
 * so that deep stacks carry their input through at first (Srivastava, Greff & Schmidhuber 2015, section 2). The state is
 * the cell's own. Input and output have equally many features.
 */
export function highway<Options extends OptionSpecs, Shapes extends StateRecord, Specs extends ParamSpecs>(
  cell: Cell<Options, Shapes, Specs>,
  { transformBias = -1 }: { readonly transformBias?: number } = {},
): Cell<Options, Shapes, HighwaySpecs<Specs>> {
  const about = {
    label: 'highway',
    title: 'with a highway around it',
    cite: ['srivastava2015'],
    equations: String.raw`y_t = t_t \odot h_t + (1 - t_t) \odot x_t \qquad t_t = \sigma(W_y x_t + b_y)`,
  }
  const wrapped = around(cell, about, ({ params, x, run }) => {
    const { kernel, bias } = params['transform'] as { kernel: Tensor; bias: Tensor }
    const { next, output } = run({ params: params['cell'] as AnyRecord })
    const t = sigmoid(affine(x, kernel, bias))
    return { ...next, y: t.mul(output).add(sub(1, t).mul(x)) }
  })
  return {
    ...wrapped,
    outputSize: (size: CellSize, options: OptionValues<Options>) =>
      outputLikeInput(wrapped.name, cell, size, options),
    params: (size: CellSize, options: OptionValues<Options>) => ({
      cell: cell.params(size, options),
      transform: {
        kernel: glorotUniform([size.inputSize, size.inputSize]),
        bias: constantInit(transformBias, [size.inputSize]),
      },
    }),
  } as unknown as Cell<Options, Shapes, HighwaySpecs<Specs>>
}
