import {
  broadcastTo,
  chunk,
  concat,
  diag,
  diagonal,
  expandDims,
  flattenAxes,
  flip,
  indexAdd,
  indexCopy,
  indexSelect,
  maskedFill,
  maskedSelect,
  pad,
  permute,
  repeat,
  repeatInterleave,
  reshape,
  roll,
  scatterAddAlong,
  scatterAlong,
  slice,
  sort,
  split,
  squeeze,
  stack,
  swapAxes,
  takeAlongAxis,
  topK,
  tril,
  triu,
  unfold,
  unstack,
  type Margins,
  type PadOptions,
  type Tensor,
} from '@tapeloop/core'
import { given } from '../program.js'
import { flagOf, numberOf, numbersOf, textOf, type OpCall, type OpRules } from '../op-call.js'

const first = ({ list }: OpCall) => list[0]!
const axisOf = ({ config }: OpCall) => numberOf(config, 'dim', 0)

/** Functions that move numbers: shapes, joining and cutting, indices, masks, order. */
export const shapeRules: OpRules = {
  reshape: (call) => reshape(first(call), numbersOf(call.config, 'shape')),
  'x.T.reshape': (call) => reshape(swapAxes(first(call), 0, 1), numbersOf(call.config, 'shape')),
  transpose(call) {
    const [a, b] = numbersOf(call.config, 'dims')
    return swapAxes(first(call), a!, b!)
  },
  permute: (call) => permute(first(call), numbersOf(call.config, 'dims')),
  squeeze: (call) =>
    squeeze(first(call), call.config['dim'] === undefined ? undefined : numbersOf(call.config, 'dim')),
  unsqueeze: (call) => expandDims(first(call), axisOf(call)),
  expand(call) {
    const x = first(call)
    const shape = numbersOf(call.config, 'shape')
    return broadcastTo(
      x,
      shape.map((extent, i) => (extent === -1 ? x.shape[i - shape.length + x.rank]! : extent)),
    )
  },
  flatten: (call) =>
    flattenAxes(first(call), numberOf(call.config, 'start_dim', 0), numberOf(call.config, 'end_dim', -1)),
  repeat: (call) => repeat(first(call), numbersOf(call.config, 'repeats')),
  repeat_interleave: (call) => repeatInterleave(first(call), numberOf(call.config, 'repeats'), axisOf(call)),
  cat(call) {
    const axis = axisOf(call)
    // one input of half the size is joined with itself
    const [x] = call.list
    const times = call.list.length > 1 ? 1 : call.shapes['out']!.at(axis)! / x!.shape.at(axis)!
    return concat(Array.from({ length: times }, () => call.list).flat(), axis)
  },
  stack: (call) => stack(call.list, axisOf(call)),
  split(call) {
    const x = first(call)
    const axis = axisOf(call)
    const size = call.config['split_size']
    if (typeof size !== 'number') return numbered(split(x, numbersOf(call.config, 'sizes'), axis))
    const extent = x.shape.at(axis)!
    const starts = Array.from({ length: Math.ceil(extent / size) }, (_, i) => i * size)
    return numbered(
      split(
        x,
        starts.map((start) => Math.min(size, extent - start)),
        axis,
      ),
    )
  },
  chunk: (call) => numbered(chunk(first(call), numberOf(call.config, 'chunks'), axisOf(call))),
  unbind: (call) => numbered(unstack(first(call), axisOf(call))),
  flip: (call) => flip(first(call), numbersOf(call.config, 'dims')),
  roll(call) {
    const x = first(call)
    const shifts = numbersOf(call.config, 'shifts')
    if (call.config['dims'] === undefined) return reshape(roll(flattenAxes(x), shifts[0]!), x.shape)
    const axes = numbersOf(call.config, 'dims')
    return shifts.reduce((rolled, shift, i) => roll(rolled, shift, axes[i]!), x)
  },
  pad(call) {
    const x = first(call)
    const pairs = numbersOf(call.config, 'pad_last_dim_first')
    const margins = x.shape.map((_, axis): Margins => {
      const at = 2 * (x.rank - 1 - axis)
      return [pairs[at] ?? 0, pairs[at + 1] ?? 0]
    })
    const mode = textOf(call.config, 'mode', 'constant') as NonNullable<PadOptions['mode']>
    return pad(x, margins, { mode, value: numberOf(call.config, 'value', 0) })
  },
  tril: (call) => tril(first(call), numberOf(call.config, 'diagonal', 0)),
  triu: (call) => triu(first(call), numberOf(call.config, 'diagonal', 0)),
  diagonal: ({ list, config }) =>
    diagonal(list[0]!, {
      k: numberOf(config, 'offset', 0),
      axes: [numberOf(config, 'dim1', 0), numberOf(config, 'dim2', 1)],
    }),
  diag(call) {
    const x = first(call)
    const k = numberOf(call.config, 'diagonal', 0)
    return x.rank === 1 ? diag(x, k) : diagonal(x, { k })
  },
  unfold: ({ list, config }) =>
    unfold(list[0]!, {
      axis: numberOf(config, 'dim'),
      size: numberOf(config, 'size'),
      step: numberOf(config, 'step', 1),
    }),
  masked_fill: (call) => maskedFill(first(call), given(call.tensors, 'mask'), numberOf(call.config, 'value')),
  masked_select: (call) => maskedSelect(first(call), given(call.tensors, 'mask')),
  index_select: (call) => indexSelect(first(call), given(call.tensors, 'index'), axisOf(call)),
  gather: (call) => takeAlongAxis(first(call), given(call.tensors, 'index'), axisOf(call)),
  scatter: (call) => scatterAlong(first(call), ...updatesOf(call), axisOf(call)),
  scatter_add: (call) => scatterAddAlong(first(call), ...updatesOf(call), axisOf(call)),
  index_add: (call) => indexAdd(first(call), ...updatesOf(call), axisOf(call)),
  index_copy: (call) => indexCopy(first(call), ...updatesOf(call), axisOf(call)),
  topk: ({ list, config }) =>
    topK(list[0]!, numberOf(config, 'k'), numberOf(config, 'dim', -1), {
      largest: flagOf(config, 'largest', true),
    }),
  sort: ({ list, config }) =>
    sort(list[0]!, numberOf(config, 'dim', -1), { descending: flagOf(config, 'descending', false) }),
}

/** Indices and as much of the updates as they use, which along other axes may be more. */
function updatesOf({ tensors }: OpCall): [indices: Tensor, updates: Tensor] {
  const [indices, updates] = [given(tensors, 'index'), given(tensors, 'src')]
  const isPartial = indices.rank === updates.rank
  const used =
    isPartial &&
    slice(
      updates,
      indices.shape.map((extent) => [0, extent] as const),
    )
  return [indices, used || updates]
}

/** Parts are the outputs out0, out1, … */
function numbered(parts: readonly Tensor[]): Record<string, Tensor> {
  return Object.fromEntries(parts.map((part, i) => [`out${i}`, part]))
}
