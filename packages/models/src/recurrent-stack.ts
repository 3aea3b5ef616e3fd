import { refuse, type Tree } from '@tapeloop/core'
import {
  bidirectional,
  countParams,
  recurrent,
  stack,
  withOptions,
  type Cell,
  type OptionSpecs,
  type OptionValues,
  type SequenceLayer,
} from '@tapeloop/layers'

/** The recurrent part of a model: layers of one cell on top of each other. */
export interface RecurrentStackOptions<Options extends OptionSpecs = OptionSpecs> {
  /** any cell, from the registry or of your own */
  readonly cell: Cell<Options>
  /** units of every layer */
  readonly hiddenSize: number
  /** how many layers; 1 unless said */
  readonly layers?: number
  /** values of the cell's own options, for every layer; its defaults unless said */
  readonly options?: Partial<OptionValues<Options>>
}

/** What the layers carry from one time to the next, or their parameters: `{ layers: [...] }`, the lowest first. */
export type State = { readonly [name: string]: Tree }

/** A recurrent part that may know the whole sequence at every time. */
export interface EncoderStackOptions<
  Options extends OptionSpecs = OptionSpecs,
> extends RecurrentStackOptions<Options> {
  /** a second stack of as many layers reads from the end, and both outputs stand side by side; false unless said */
  readonly bidirectional?: boolean
}

/** What the layers of a stack are, each by itself. */
export interface Built {
  /** of every layer, with its options */
  readonly cell: Cell
  /** of the lowest */
  readonly inputSize: number
  readonly hiddenSize: number
  readonly isBidirectional: boolean
}

/**
 * Equal layers of a cell as one layer over sequences and as one cell, with the number of its parameters, for which no
 * memory is taken.
 *
 * @throws where a size is no whole number from 1, or the cell has no such option
 */
export function recurrentStack<Options extends OptionSpecs>(
  where: string,
  inputSize: number,
  { cell, hiddenSize, layers = 1, options = {}, bidirectional: both = false }: EncoderStackOptions<Options>,
): { layer: SequenceLayer<State, State>; cell: Cell; parameters: number; built: Built } {
  checkWhole(where, 'layers', layers)
  checkWhole(where, 'hiddenSize', hiddenSize)
  const one: Cell = withOptions(cell, options)
  const stacked = stack(new Array<Cell>(layers).fill(one))
  const size = { inputSize, hiddenSize }
  const forward = recurrent(stacked, size)
  const parameters = countParams(stacked.params(size, {}))
  const built = { cell: one, ...size, isBidirectional: both }
  if (!both) return { layer: forward, cell: stacked, parameters, built }
  const layer = bidirectional(forward, recurrent(stacked, size, { reverse: true }))
  return { layer: layer as SequenceLayer<State, State>, cell: stacked, parameters: 2 * parameters, built }
}

/** Refuses anything but a whole number from 1, in one sentence that names the option. */
export function checkWhole(where: string, name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    refuse(where, `${name} is ${value}; it must be a whole number from 1`)
  }
}

/** Refuses a cell that is to be told the time between steps where it reads tokens, which do not say it. */
export function checkUntimed(where: string, options: object = {}): void {
  if ('timed' in options && options.timed === true) {
    refuse(
      where,
      'options.timed is true, but tokens do not say how much time passed; read numbers (inputSize), or leave it out',
    )
  }
}
