import {
  abs,
  flatten,
  mapTree,
  max,
  maximum,
  sqrt,
  valueAuxAndGrad,
  zeros,
  type Tensor,
  type Tree,
} from '@tapeloop/core'
import type { States, Watch, WatchedLayer, WatchOptions } from './watched.js'

/** How a loss depends on every state of every layer. */
export type Flow = {
  readonly loss: Tensor
  /** The lowest layer first. */
  readonly layers: readonly (Omit<Watch, 'output'> & {
    /** the gradient of the loss in the state after every step, `[batch, time, …]` */
    readonly gradients: States
  })[]
  /** of the highest layer, `[batch, time, outputSize]` */
  readonly output: Tensor
}

/**
 * The gradient of a loss in the state after every time step, exactly: zeros are added to the states, and the loss is
 * differentiated in them (backpropagation through time; Werbos 1990). The entries of a state count as independent: the
 * gradient in an LSTM's `c` is that of what `c` carries to the next step, not of the `h` of the same step.
 *
 * A pure function of tensors: compile it.
 *
 * @param layers on top of each other, the lowest first
 * @param params of each layer
 * @param x `[batch, time, inputSize]`
 * @param lossOf the loss, a scalar, from the output of the highest layer
 */
export function gradientFlow(
  layers: readonly WatchedLayer[],
  params: readonly States[],
  x: Tensor,
  lossOf: (output: Tensor) => Tensor,
  { states = [], key }: { readonly states?: readonly States[] } & Pick<WatchOptions, 'key'> = {},
): Flow {
  const [batchSize, time] = x.shape as [number, number, number]
  const still = layers.map((layer) =>
    mapTree(layer.initialState(batchSize, x.dtype), ({ shape, dtype }) =>
      zeros([batchSize, time, ...shape.slice(1)], dtype),
    ),
  )
  const [loss, watches, gradients] = valueAuxAndGrad((nudges: readonly States[]) => {
    let below = x
    const seen = layers.map((layer, i) => {
      const state = states[i]
      const watch = layer.apply(params[i]!, below, {
        nudges: nudges[i]!,
        ...(state && { state }),
        ...(key && { key }),
      })
      below = watch.output
      return watch
    })
    return [lossOf(below), seen]
  })(still)
  return {
    loss,
    output: watches.at(-1)!.output,
    layers: watches.map(({ states, gates, state }, i) => ({
      states,
      gates,
      state,
      gradients: gradients[i]!,
    })),
  }
}

/**
 * The norm over the units at every time, `[time]`, summed over the rows of the batch. Of the gradients of a mean over the
 * rows, this is the mean of each row's norm. Tiny numbers keep theirs, though their squares would be zero.
 *
 * @param record tensors `[batch, time, …]`, taken together: one entry of the gradients, or all
 */
export function normOverTime(record: Tree): Tensor {
  const leaves = flatten(record).leaves.map((leaf) => leaf.reshape([leaf.shape[0]!, leaf.shape[1]!, -1]))
  const largest = leaves.map((leaf) => max(abs(leaf), -1)).reduce((a, b) => maximum(a, b)) // [batch, time]
  const scale = maximum(largest, 1e-37)
  const squares = leaves
    .map((leaf) => {
      const part = leaf.div(scale.reshape([...scale.shape, 1]))
      return part.mul(part).sum(-1)
    })
    .reduce((a, b) => a.add(b))
  return sqrt(squares).mul(scale).sum(0)
}
