import { flatten, iota, orderOf, scan, unflatten, type DType, type Tensor, type Tree } from '@tapeloop/core'
import {
  recurrent,
  resolveOptions,
  runStep,
  type Cell,
  type CellSize,
  type OptionSpecs,
  type OptionValues,
} from '@tapeloop/layers'

/** The state of a layer at every time: the structure of its cell's state, each entry `[batch, time, …]`. */
export type States = { readonly [name: string]: Tree }

/** What a watched layer tells of a run over a batch. */
export type Watch = {
  /** `[batch, time, outputSize]` */
  readonly output: Tensor
  /** the state after every step */
  readonly states: States
  /** the value of every gate after every step, `[batch, time, units]`, by name */
  readonly gates: { readonly [name: string]: Tensor }
  /** the state after the last step */
  readonly state: States
}

/** How a watched layer runs. */
export interface WatchOptions {
  /** the state before the first step; zeros unless given */
  readonly state?: States
  /** added to the state after every step, `[batch, time, …]` in its structure: its gradient is that of the state */
  readonly nudges?: States
  /** randomness, where the cell draws any */
  readonly key?: Tensor
}

/** A recurrent layer of which nothing is hidden. It takes the parameters of `recurrent` of the same cell. */
export interface WatchedLayer {
  readonly cell: Cell
  readonly inputSize: number
  readonly outputSize: number
  init(key: Tensor, dtype?: DType): States
  initialState(batchSize: number, dtype?: DType): States
  /** Runs over x `[batch, time, inputSize]`. */
  apply(params: States, x: Tensor, options?: WatchOptions): Watch
}

/**
 * A cell lifted over time like `recurrent`, that also gives its states and gates at every step, and lets its states be
 * nudged. A gate is whatever the step passes through a sigmoid, found in the graph of the step: so every cell has its
 * gates, also one that nobody has seen before. Names come from the cell's `gates`; without, they are numbered.
 */
export function watched<Options extends OptionSpecs>(
  cell: Cell<Options>,
  { inputSize, hiddenSize, ...given }: CellSize & Partial<OptionValues<Options>>,
): WatchedLayer {
  const options = resolveOptions(cell.name, cell.options, given)
  const layer = recurrent(cell, { inputSize, hiddenSize, ...options })
  return {
    cell,
    inputSize,
    outputSize: layer.outputSize,
    init: (key, dtype) => layer.init(key, dtype) as States,
    initialState: (batchSize, dtype) => layer.initialState(batchSize, dtype) as States,
    apply(params, x, { state, nudges = {}, key } = {}) {
      const [batchSize, time] = x.shape as [number, number, number]
      const start = state ?? (layer.initialState(batchSize, x.dtype) as States)
      const sequences = { x, nudges, ...(key && { step: iota(time).reshape([1, time]) }) }
      const names = cell.gates ?? []
      const step = (
        before: States,
        now: { readonly x: Tensor; readonly nudges: States; readonly step?: Tensor },
      ): [States, Omit<Watch, 'state'>] => {
        const random = key && now.step && { key, step: now.step.reshape([]) }
        const { next, output } = runStep(cell, params as never, before as never, now.x, {
          ...options,
          ...random,
        })
        const { leaves, structure } = flatten(next as States)
        const pushes = flatten(now.nudges).leaves
        const pushed = leaves.map((leaf, i) => (pushes.length > 0 ? leaf.add(pushes[i]!) : leaf))
        // an output that is an entry of the state is nudged with it
        const seen = pushed[leaves.indexOf(output)] ?? output
        const gates = gatesOf(leaves, batchSize).map((gate, i) => [names[i] ?? `gate ${i + 1}`, gate])
        const states = unflatten<States>(structure, pushed)
        return [states, { output: seen, states, gates: Object.fromEntries(gates) }]
      }
      const [final, told] = scan(step, start, sequences, { axis: 1 })
      return { ...told, state: final }
    },
  }
}

/** What is passed through a sigmoid on the way to the next state, in the order of the computation. */
function gatesOf(next: readonly Tensor[], batchSize: number): Tensor[] {
  return orderOf(next)
    .filter(({ op }) => op.name === 'sigmoid')
    .map(({ outputs }) => outputs[0]!)
    .filter(({ shape, level }) => level > 0 && shape.length === 2 && shape[0] === batchSize)
}
