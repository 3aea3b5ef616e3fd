import { concat, foldIn, refuse, splitKey, type Tensor } from '@tapeloop/core'
import type { SequenceLayer } from './recurrent.js'

/** How the outputs of both directions become one. */
export type Merge = 'concat' | 'sum' | 'mean' | 'product'

const merges: Record<Merge, (a: Tensor, b: Tensor) => Tensor> = {
  concat: (a, b) => concat([a, b], -1),
  sum: (a, b) => a.add(b),
  mean: (a, b) => a.add(b).mul(0.5),
  product: (a, b) => a.mul(b),
}

/**
 * Two layers over the same sequence, one from each end (Schuster & Paliwal 1997); their outputs at each step are merged,
 * by concatenation unless said. Parameters and state are `{ forward, backward }`.
 *
 * @throws where the second layer does not run in reverse, or sizes do not fit
 */
export function bidirectional<P1, S1, P2, S2>(
  forward: SequenceLayer<P1, S1>,
  backward: SequenceLayer<P2, S2>,
  { merge = 'concat' }: { readonly merge?: Merge } = {},
): SequenceLayer<{ forward: P1; backward: P2 }, { forward: S1; backward: S2 }> {
  if (!Object.hasOwn(merges, merge)) {
    refuse('bidirectional', `merge is ${String(merge)}; it must be ${Object.keys(merges).join(' or ')}`)
  }
  if (forward.reverse || !backward.reverse)
    refuse('bidirectional', 'give a forward layer, then one made with { reverse: true }')
  if (forward.inputSize !== backward.inputSize) {
    refuse(
      'bidirectional',
      `inputSize is ${forward.inputSize} forward and ${backward.inputSize} backward; make them equal`,
    )
  }
  if (merge !== 'concat' && forward.outputSize !== backward.outputSize) {
    refuse(
      'bidirectional',
      `outputs of ${forward.outputSize} and ${backward.outputSize} features cannot be merged by ${merge}; make them equal, or concatenate`,
    )
  }
  return {
    inputSize: forward.inputSize,
    outputSize: merge === 'concat' ? forward.outputSize + backward.outputSize : forward.outputSize,
    reverse: false,
    init(key, dtype) {
      const [first, second] = splitKey(key, 2)
      return { forward: forward.init(first!, dtype), backward: backward.init(second!, dtype) }
    },
    initialState: (batchSize, dtype) => ({
      forward: forward.initialState(batchSize, dtype),
      backward: backward.initialState(batchSize, dtype),
    }),
    apply(params, x, { state, lengths, key } = {}) {
      const shared = lengths && { lengths }
      const a = forward.apply(params.forward, x, {
        ...shared,
        ...(state && { state: state.forward }),
        ...(key && { key: foldIn(key, 0) }),
      })
      const b = backward.apply(params.backward, x, {
        ...shared,
        ...(state && { state: state.backward }),
        ...(key && { key: foldIn(key, 1) }),
      })
      return { output: merges[merge](a.output, b.output), state: { forward: a.state, backward: b.state } }
    },
  }
}
