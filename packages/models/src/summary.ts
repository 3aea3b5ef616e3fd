import { concat, refuse, sliceAxis, type DType, type Tensor } from '@tapeloop/core'
import {
  additiveAttention,
  dotAttention,
  lastStep,
  meanOverTime,
  type AdditiveAttentionParams,
} from '@tapeloop/layers'

const kinds = ['last', 'mean', 'dot', 'additive'] as const

/**
 * What a whole sequence becomes: its last output, the mean of all, or their mean weighted by attention (`dotAttention`,
 * `additiveAttention`), for which the last output asks.
 */
export type Summary = (typeof kinds)[number]

/** Outputs `[batch, time, size]` made one vector `[batch, size]` for each row. */
export function summaryOf(where: string, kind: Summary, size: number, bidirectional: boolean) {
  if (!kinds.includes(kind)) refuse(where, `summary is ${String(kind)}; it must be ${kinds.join(' or ')}`)
  const additive =
    kind === 'additive' ? additiveAttention({ querySize: size, stateSize: size, hiddenSize: size }) : null

  /** What has been read from the end is whole at the first time. */
  function lastOf(output: Tensor, lengths: Tensor | undefined): Tensor {
    if (!bidirectional) return lastStep(output, lengths)
    const half = size / 2
    const backward = sliceAxis(sliceAxis(output, 1, 0, 1), 2, half, size).reshape([-1, half])
    return concat([lastStep(sliceAxis(output, 2, 0, half), lengths), backward], 1)
  }

  return {
    /** how many numbers the parameters are */
    parameters: additive ? 2 * size * size + size : 0,
    init: (key: Tensor, dtype: DType) => additive && { attention: additive.init(key, dtype) },
    apply(
      { attention }: { readonly attention?: AdditiveAttentionParams },
      output: Tensor,
      lengths: Tensor | undefined,
    ): Tensor {
      if (kind === 'mean') return meanOverTime(output, lengths)
      const last = lastOf(output, lengths)
      if (kind === 'last') return last
      const query = last.reshape([-1, 1, size])
      const options = lengths && { lengths }
      const { context } =
        additive && attention
          ? additive.apply(attention, query, output, options)
          : dotAttention(query, output, options)
      return context.reshape([-1, size])
    },
  }
}
