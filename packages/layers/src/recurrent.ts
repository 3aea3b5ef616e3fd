import {
  flatten,
  iota,
  isFloat,
  less,
  refuse,
  scan,
  unflatten,
  where,
  type DType,
  type ScanOptions,
  type Tensor,
} from '@tapeloop/core'
import type { AnyRecord, Cell, CellSize, ParamsOf, ParamSpecs, StateOf, StateRecord } from './cell.js'
import { checkLengths, checkSizes, columnOf, showShape } from './check.js'
import { resolveOptions, type OptionSpecs, type OptionValues } from './options.js'
import { outputSizeOf, runStep } from './output.js'
import { checkParams, checkState, drawParams, initialState } from './params.js'

/** What a sequence layer may be given besides its input. */
export interface SequenceOptions<State> {
  /** the state before the first step; zeros unless given */
  readonly state?: State
  /**
   * int32 `[batch]`: how many steps of each row count, all of them where the number is larger. Later ones change nothing,
   * and their output is 0.
   */
  readonly lengths?: Tensor
  /** randomness for training, where the layer draws any; without it the layer behaves as in evaluation */
  readonly key?: Tensor
}

/** A layer over sequences: x `[batch, time, inputSize]` → output `[batch, time, outputSize]` and the state after. */
export interface SequenceLayer<Params = unknown, State = unknown> {
  readonly inputSize: number
  readonly outputSize: number
  readonly reverse: boolean
  /** Parameters drawn from a key; the same key gives the same numbers. */
  init(key: Tensor, dtype?: DType): Params
  /** Zeros in the structure of the state. */
  initialState(batchSize: number, dtype?: DType): State
  /** @throws where x, the parameters, the state or the lengths have other shapes, names or dtypes than they must */
  apply(
    params: Params,
    x: Tensor,
    options?: SequenceOptions<State>,
  ): { readonly output: Tensor; readonly state: State }
}

/** What goes through the loop step by step. */
type Sequences = { readonly x: Tensor; readonly mask?: Tensor; readonly step?: Tensor }

/** How a cell runs over time. */
export interface RecurrentOptions extends Pick<ScanOptions, 'reverse' | 'checkpoint'> {
  /** all steps at once, in log space, instead of one after the other; only of cells that have such a form */
  readonly parallel?: boolean
}

/**
 * A cell lifted over time. Sizes and the cell's options stand together:
 * `recurrent(lstm, { inputSize: 65, hiddenSize: 128, forgetBias: 2 })`.
 */
export function recurrent<Options extends OptionSpecs, Shapes extends StateRecord, Specs extends ParamSpecs>(
  cell: Cell<Options, Shapes, Specs>,
  { inputSize, hiddenSize, ...given }: CellSize & Partial<OptionValues<Options>>,
  { reverse = false, checkpoint = 'none', parallel = false }: RecurrentOptions = {},
): SequenceLayer<ParamsOf<Specs>, StateOf<Shapes>> {
  const size = { inputSize, hiddenSize }
  checkSizes(cell.name, size)
  const options = resolveOptions(cell.name, cell.options, given)
  const shapes = cell.state(size, options)
  if (parallel && !cell.parallel)
    refuse(cell.name, 'each of its steps needs the state before; leave out parallel')
  return {
    inputSize,
    outputSize: outputSizeOf(cell, size, options),
    reverse,
    init: (key, dtype = 'float32') => drawParams(cell.params(size, options), key, dtype),
    initialState: (batchSize, dtype = 'float32') => initialState(shapes, batchSize, dtype),
    apply(params, x, { state, lengths, key } = {}) {
      checkInput(cell.name, x, inputSize)
      const [batchSize, time] = x.shape as [number, number, number]
      const weights = checkParams(cell.name, cell.params(size, options), params, x.dtype)
      const start = state
        ? checkState(cell.name, shapes, state, batchSize, x.dtype)
        : initialState(shapes, batchSize, x.dtype)
      const mask = lengths && maskOf(cell.name, lengths, batchSize, time) // [batch, time]
      const columns = mask?.reshape([batchSize, time, 1])
      const kept = columns ? where(columns, x, 0) : x
      if (parallel && cell.parallel) {
        const all = cell.parallel(weights, kept, options)(start as AnyRecord, { mask: columns, reverse })
        return {
          output: columns ? where(columns, all.output, 0) : all.output,
          state: all.state as StateOf<Shapes>,
        }
      }
      const sequences: Sequences = {
        x: kept,
        ...(mask && { mask }),
        ...(key && { step: iota(time).reshape([1, time]) }),
      }
      const step = (before: AnyRecord, now: Sequences): [AnyRecord, Tensor] => {
        const random = key && now.step && { key, step: now.step.reshape([]) }
        const context = { ...options, ...random }
        const { next, output } = runStep(cell, weights, before as StateOf<Shapes>, now.x, context)
        if (!now.mask) return [next as AnyRecord, output]
        return [keepWhere(now.mask, next as AnyRecord, before), where(columnOf(now.mask, output), output, 0)]
      }
      const [final, output] = scan(step, start as AnyRecord, sequences, { axis: 1, reverse, checkpoint })
      return { output, state: final as StateOf<Shapes> }
    },
  }
}

/** The state after where the mask `[batch]` holds, the state before elsewhere. */
function keepWhere(mask: Tensor, after: AnyRecord, before: AnyRecord): AnyRecord {
  const old = flatten(before)
  const next = flatten(after).leaves
  return unflatten(
    old.structure,
    old.leaves.map((leaf, i) => where(columnOf(mask, leaf), next[i]!, leaf)),
  )
}

function maskOf(name: string, lengths: Tensor, batchSize: number, time: number): Tensor {
  checkLengths(name, lengths, batchSize)
  return less(iota(time).reshape([1, time]), lengths.reshape([batchSize, 1]))
}

function checkInput(name: string, x: Tensor, inputSize: number): void {
  if (x.rank !== 3 || x.shape[2] !== inputSize) {
    refuse(
      name,
      `x has shape ${showShape(x.shape)}; it must be [batch, time, ${inputSize}], the last its inputSize`,
    )
  }
  if (!isFloat(x.dtype)) refuse(name, `x is ${x.dtype}; cast it to float32 or float64, or embed it first`)
}
