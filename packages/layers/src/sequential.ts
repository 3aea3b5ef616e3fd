import { foldIn, refuse } from '@tapeloop/core'
import type { SequenceLayer } from './recurrent.js'

/** The parameters of each of several layers. */
type ParamsOfEach<Layers> = {
  readonly [I in keyof Layers]: Layers[I] extends SequenceLayer<infer Params> ? Params : never
}

/** The state of each of several layers. */
type StateOfEach<Layers> = {
  readonly [I in keyof Layers]: Layers[I] extends SequenceLayer<unknown, infer State> ? State : never
}

/**
 * Sequence layers one after the other, each reading the whole output of the one before: what a stack is for cells, for
 * layers that need the whole sequence first, such as bidirectional ones. Parameters and state are arrays.
 *
 * @throws where there are no layers, or one puts out another number of features than the next takes
 */
export function sequential<const Layers extends readonly SequenceLayer[]>(
  layers: Layers,
): SequenceLayer<ParamsOfEach<Layers>, StateOfEach<Layers>> {
  const [first] = layers
  const last = layers.at(-1)
  if (first === undefined || last === undefined)
    return refuse('sequential', 'there are no layers; give at least one')
  layers.slice(1).forEach((layer, i) => {
    const below = layers[i]!.outputSize
    if (layer.inputSize !== below) {
      refuse(
        'sequential',
        `layer ${i} puts out ${below} features but layer ${i + 1} takes ${layer.inputSize}; make them equal`,
      )
    }
  })
  return {
    inputSize: first.inputSize,
    outputSize: last.outputSize,
    reverse: false,
    init: (key, dtype) =>
      layers.map((layer, i) => layer.init(foldIn(key, i), dtype)) as unknown as ParamsOfEach<Layers>,
    initialState: (batchSize, dtype) =>
      layers.map((layer) => layer.initialState(batchSize, dtype)) as unknown as StateOfEach<Layers>,
    apply(params, x, { state, lengths, key } = {}) {
      let output = x
      const states = layers.map((layer, i) => {
        const result = layer.apply(params[i], output, {
          ...(state && { state: state[i] }),
          ...(lengths && { lengths }),
          ...(key && { key: foldIn(key, i) }),
        })
        output = result.output
        return result.state
      })
      return { output, state: states as unknown as StateOfEach<Layers> }
    },
  }
}
