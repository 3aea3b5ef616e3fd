import { foldIn, refuse, Tensor } from '@tapeloop/core'
import type {
  AnyRecord,
  Cell,
  CellSize,
  ParamsOf,
  ParamSpecs,
  StateOf,
  StateRecord,
  StepContext,
} from './cell.js'
import type { OptionSpecs, OptionValues } from './options.js'
import { matchRecord } from './record.js'

/**
 * One step of any cell: the next state, and the output, which is `y` or the entry of the state that the cell names. A
 * cell that draws new random numbers each step gets a key of its own for the step.
 *
 * @throws where the next state lacks an entry, or one changes its shape or dtype
 */
export function runStep<Options extends OptionSpecs, Shapes extends StateRecord, Specs extends ParamSpecs>(
  cell: Cell<Options, Shapes, Specs>,
  params: ParamsOf<Specs>,
  state: StateOf<Shapes>,
  x: Tensor,
  context: OptionValues<Options> & StepContext,
): { readonly next: StateOf<Shapes>; readonly output: Tensor; readonly y?: Tensor } {
  const { y, ...after } = cell.step(params, state, x, forStep(cell, context))
  const next = matchRecord(state, after, {
    where: cell.name,
    what: 'the next state',
    remedy: 'step returns what state declares',
    dtype: x.dtype,
    isLeaf: (part) => part instanceof Tensor,
    shapeOf: ({ shape }) => shape,
  }) as AnyRecord
  const output = y ?? (next[cell.output ?? 'h'] as Tensor)
  return { next: next as StateOf<Shapes>, output, ...(y && { y }) }
}

/** Once folded into the key, the step is not handed on: a cell within would fold it in again. */
function forStep<Context extends StepContext>(
  { random }: { random?: Cell['random'] },
  context: Context,
): Context {
  const { key, step, ...options } = context
  if (random !== 'step' || key === undefined || step === undefined) return context
  return { ...options, key: foldIn(key, step) } as Context
}

/** Features of a cell's output. */
export function outputSizeOf<Options extends OptionSpecs>(
  cell: Pick<Cell<Options>, 'name' | 'output' | 'outputSize' | 'state'>,
  size: CellSize,
  options: OptionValues<Options>,
): number {
  if (cell.outputSize) return cell.outputSize(size, options)
  const name = cell.output ?? 'h'
  const shape = cell.state(size, options)[name] as readonly number[] | undefined
  return (
    shape?.[0] ??
    refuse(
      cell.name,
      `its output is the state ${name}, which it does not have; give the record an output or outputSize`,
    )
  )
}
