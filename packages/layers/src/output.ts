import { refuse, type Tensor } from '@tapeloop/core'
import type { AnyRecord, Cell, CellSize } from './cell.js'
import type { OptionSpecs, OptionValues } from './options.js'

/** One step of any cell: the next state, and the output, which is `y` or the entry of the state that the cell names. */
export function runStep(
  cell: { readonly output?: string },
  params: unknown,
  state: unknown,
  x: Tensor,
  context: object,
): { readonly next: AnyRecord; readonly output: Tensor } {
  const { step } = cell as { step: (...args: unknown[]) => AnyRecord & { readonly y?: Tensor } }
  const { y, ...next } = step.call(cell, params, state, x, context)
  return { next, output: y ?? (next[cell.output ?? 'h'] as Tensor) }
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
