import {
  broadcastTo,
  concat,
  mean,
  slice,
  split,
  square,
  stopGradient,
  swapAxes,
  tanh,
  where,
  type Tensor,
} from '@tapeloop/core'
import {
  binaryCrossEntropyWithLogits,
  crossEntropy,
  ctcLoss,
  dotAttention,
  embedding,
  lastStep,
  linear,
  lstm,
  meanOverTime,
  meanSquaredError,
  recurrent,
} from '@tapeloop/layers'
import { unsupported } from '../format.js'
import { given, programs } from '../program.js'

type Tensors = Readonly<Record<string, Tensor>>
type State = { readonly h: Tensor; readonly c: Tensor }
type Composition = (tensors: Tensors) => Tensors

/** Models put together from layers, each a case of its own. */
export const compositions = programs(({ name }) => cases[name] ?? unsupported(`the composition ${name}`))

const cases: Readonly<Record<string, Composition>> = {
  bptt_full: (tensors) => inTwoParts(tensors, (state) => state),
  tbptt_detach_at_half: (tensors) =>
    inTwoParts(tensors, ({ h, c }) => ({ h: stopGradient(h), c: stopGradient(c) })),
  learned_initial_state(tensors) {
    const rows = (name: string) => broadcastTo(given(tensors, name), [given(tensors, 'x').shape[1]!, 4])
    return withStates(run(tensors, { state: { h: rows('h0'), c: rows('c0') } }))
  },
  variational_dropout_given_masks(tensors) {
    const [maskX, maskH] = [given(tensors, 'mask_x'), given(tensors, 'mask_h')]
    const masked: typeof lstm = {
      ...lstm,
      step: (params, { h, c }, x, context) =>
        lstm.step(params, { h: h.mul(maskH), c }, x.mul(maskX), context),
    }
    return withStates(run(tensors, { cell: masked }))
  },
  zoneout_given_masks(tensors) {
    const x = given(tensors, 'x')
    const zoned: typeof lstm = {
      ...lstm,
      params: ({ hiddenSize }, options) => lstm.params({ inputSize: x.shape[2]!, hiddenSize }, options),
      step(params, { h, c }, joined, context) {
        const [now, zoneH, zoneC] = split(joined, [x.shape[2]!, 4, 4], 1)
        const next = lstm.step(params, { h, c }, now!, context)
        return { h: where(zoneH!.greater(0), h, next.h), c: where(zoneC!.greater(0), c, next.c) }
      },
    }
    const joined = concat([x, given(tensors, 'zone_h'), given(tensors, 'zone_c')], 2)
    return withStates(run({ ...tensors, x: joined }, { cell: zoned }))
  },
  dropconnect_given_mask(tensors) {
    const dropped = given(tensors, 'W_hh').mul(given(tensors, 'mask'))
    return withStates(run({ ...tensors, W_hh: dropped }))
  },
  activity_regularisation_ar_tar(tensors) {
    const { y } = run(tensors)
    const masked = y.mul(given(tensors, 'mask'))
    const error = meanSquaredError(score(masked, tensors), given(tensors, 'target'))
    const change = slice(y, [[1]]).sub(slice(y, [[0, -1]]))
    return { loss: error.add(mean(square(masked)).mul(2)).add(mean(square(change))) }
  },
  lm_tied_weights_ignore_pad(tensors) {
    const table = given(tensors, 'E')
    const [count, size] = table.shape as [number, number]
    const words = embedding({ count, size })
    const { y } = run({ ...tensors, x: words.apply({ table }, given(tensors, 'tokens')) })
    const logits = words.scores({ table }, y).add(given(tensors, 'b_out'))
    return { loss: crossEntropy(logits, given(tensors, 'targets'), { ignoreIndex: 0 }) }
  },
  classify_last_valid_step: (tensors) =>
    classify(tensors, lastStep(rowsFirst(run(tensors).y), given(tensors, 'lengths'))),
  classify_masked_mean: (tensors) =>
    classify(tensors, meanOverTime(rowsFirst(run(tensors).y), given(tensors, 'lengths'))),
  classify_attention_pool(tensors) {
    const y = rowsFirst(run(tensors).y)
    const [batchSize, time, size] = y.shape as [number, number, number]
    const query = broadcastTo(given(tensors, 'a'), [batchSize, 1, size])
    const { context, weights } = dotAttention(query, y, { lengths: given(tensors, 'lengths') })
    return {
      ...classify(tensors, context.reshape([batchSize, size])),
      weights: weights.reshape([batchSize, time]).transpose(),
    }
  },
  polyphonic_bce(tensors) {
    const target = given(tensors, 'target')
    const logits = score(run(tensors).y, tensors)
    const loss = binaryCrossEntropyWithLogits(logits, target, { reduction: 'none' })
    return { loss: mean(loss.sum(-1)) }
  },
  lstm_ctc(tensors) {
    const options = {
      inputLengths: given(tensors, 'lengths'),
      targetLengths: given(tensors, 'label_lengths'),
    }
    return { loss: ctcLoss(rowsFirst(score(run(tensors).y, tensors)), given(tensors, 'labels'), options) }
  },
  seq2seq_luong_dot_attention(tensors) {
    const table = given(tensors, 'E')
    const [count, size] = table.shape as [number, number]
    const read = (tokens: Tensor) => embedding({ count, size }).apply({ table }, tokens)
    const targets = given(tensors, 'trg')
    const encoder = run({ ...tensors, x: read(given(tensors, 'src')) }, { prefix: 'enc_' })
    const x = read(slice(targets, [[0, -1]]))
    const decoder = run({ ...tensors, x }, { prefix: 'dec_', state: encoder.state })
    const queries = rowsFirst(decoder.y)
    const { context, weights } = dotAttention(queries, rowsFirst(encoder.y))
    const mixed = tanh(project(concat([queries, context], 2), given(tensors, 'W_c')))
    const logits = score(swapAxes(mixed, 0, 1), tensors)
    return { loss: crossEntropy(logits, slice(targets, [[1]])), attention: swapAxes(weights, 0, 1) }
  },
}

/** The LSTM of a case over its x `[time, batch, features]`. */
function run(
  tensors: Tensors,
  { cell = lstm, state, prefix = '' }: { cell?: typeof lstm; state?: State; prefix?: string } = {},
): { y: Tensor; state: State } {
  const x = swapAxes(given(tensors, 'x'), 0, 1)
  const weight = (name: string) => given(tensors, `${prefix}${name}`)
  const params = {
    kernel: weight('W_ih').transpose(),
    recurrentKernel: weight('W_hh').transpose(),
    bias: weight('b'),
  }
  const layer = recurrent(cell, { inputSize: x.shape[2]!, hiddenSize: params.recurrentKernel.shape[0]! })
  const result = layer.apply(params, x, state ? { state } : {})
  return { y: swapAxes(result.output, 0, 1), state: result.state }
}

function inTwoParts(tensors: Tensors, between: (state: State) => State): Tensors {
  const x = given(tensors, 'x')
  const half = x.shape[0]! / 2
  const first = run({ ...tensors, x: slice(x, [[0, half]]) })
  const second = run({ ...tensors, x: slice(x, [[half]]) }, { state: between(first.state) })
  return { y1: first.y, y2: second.y }
}

function withStates({ y, state }: { y: Tensor; state: State }): Tensors {
  return { y, h_n: state.h, c_n: state.c }
}

function classify(tensors: Tensors, features: Tensor): Tensors {
  return { loss: crossEntropy(score(features, tensors), given(tensors, 'labels')) }
}

/** What the output layer `V` of a case says of its features. */
function score(features: Tensor, tensors: Tensors): Tensor {
  return project(features, given(tensors, 'V'))
}

/** The product with a weight in PyTorch's layout, `[out, in]`. */
function project(x: Tensor, weight: Tensor): Tensor {
  const [outputSize, inputSize] = weight.shape as [number, number]
  return linear({ inputSize, outputSize, bias: false }).apply({ kernel: weight.transpose() }, x)
}

function rowsFirst(y: Tensor): Tensor {
  return swapAxes(y, 0, 1)
}
