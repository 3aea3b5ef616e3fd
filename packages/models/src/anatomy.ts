import type { Tensor } from '@tapeloop/core'
import type { Cell } from '@tapeloop/layers'
import type { Built, State } from './recurrent-stack.js'

/** Equal layers of a cell on top of each other, which read from one end. */
export interface Direction {
  /** whether they read from the last time to the first */
  readonly reverse: boolean
  /** the parameters of each, the lowest first */
  readonly layers: readonly State[]
}

/**
 * A model taken apart, for who looks inside: sequences enter its layers, and from their outputs the model says what it says.
 * Put together again, by the layers as they are here, the parts are what `apply` computes.
 */
export interface Anatomy<Params> {
  /** of every layer, with its options */
  readonly cell: Cell
  /** numbers at each time that the lowest layers read */
  readonly inputSize: number
  readonly hiddenSize: number
  /** What the lowest layers read, `[batch, time, inputSize]`, of sequences as `apply` takes them. */
  enter(params: Params, x: Tensor): Tensor
  /** Those that read from the beginning, and of a model that reads from both ends those that read from the end. */
  directions(params: Params): readonly Direction[]
  /**
   * What `apply` gives, of the outputs of the highest layers `[batch, time, …]`, those of both directions side by side.
   *
   * @param lengths int32 `[batch]`: how many times of each row count; all unless given
   */
  leave(params: Params, output: Tensor, lengths?: Tensor): Tensor
}

/** The anatomy of a model, by its layers and by what stands before and after them. */
export function anatomyOf<Params extends { readonly recurrent: State }>(
  { cell, inputSize, hiddenSize, isBidirectional }: Built,
  { enter, leave }: Pick<Anatomy<Params>, 'enter' | 'leave'>,
): Anatomy<Params> {
  const layersIn = (stacked: unknown) => (stacked as { readonly layers: readonly State[] }).layers
  return {
    cell,
    inputSize,
    hiddenSize,
    enter,
    leave,
    directions: ({ recurrent }) =>
      isBidirectional
        ? [
            { reverse: false, layers: layersIn(recurrent['forward']) },
            { reverse: true, layers: layersIn(recurrent['backward']) },
          ]
        : [{ reverse: false, layers: layersIn(recurrent) }],
  }
}
