import {
  compile,
  logSoftmax,
  oneHot,
  sliceAxis,
  sum,
  tensor,
  type Backend,
  type Tensor,
} from '@tapeloop/core'
import { inspect, watched, type Inspection, type States } from '@tapeloop/inspect'
import { crossEntropy, embedding, linear, type Cell } from '@tapeloop/layers'
import type { LanguageModel, LanguageModelParams } from '@tapeloop/models'

/** A language model, and what it is made of. */
export interface TextModel {
  readonly model: LanguageModel
  readonly params: LanguageModelParams
  readonly cell: Cell
  readonly options: Readonly<Record<string, never>>
  readonly hiddenSize: number
}

/** What a language model does while it reads a text. */
export interface TextInspection extends Inspection {
  /** how unexpected each token after the first was, in nats */
  readonly surprise: readonly number[]
}

/** Windows that the flow of gradients is averaged over, and tokens of each. */
const windows = { count: 32, length: 64 }

/** Tokens that a model reads: two or more that are shown, and those that windows are taken from. */
interface Texts {
  readonly shown: Int32Array
  readonly source: Int32Array
}

/**
 * Looks at a language model while it reads a text. The saliency is that of the last token: what of the text before made
 * it likely.
 */
export async function inspectText(
  { model, params, cell, options, hiddenSize }: TextModel,
  { shown, source }: Texts,
  how: { readonly backend: Backend; readonly units: number },
): Promise<TextInspection> {
  const { vocabularySize } = model
  const { dtype } = params.output.kernel
  const table = params.embedding
  const vectorsOf = (tokens: Tensor): Tensor =>
    table
      ? embedding({ count: vocabularySize, size: table.table.shape[1]! }).apply(table, tokens)
      : oneHot(tokens, vocabularySize, dtype)
  const stacked = (params.recurrent as { readonly layers: readonly States[] }).layers
  let inputSize = table ? table.table.shape[1]! : vocabularySize
  const layers = stacked.map(() => {
    const layer = watched(cell, { inputSize, hiddenSize, ...options })
    inputSize = layer.outputSize
    return layer
  })
  const head = linear({ inputSize, outputSize: vocabularySize })
  const logitsAtEnd = (output: Tensor) => {
    const time = output.shape[1]!
    return head.apply(params.output, sliceAxis(output, 1, time - 1, time))
  }
  const time = shown.length - 1
  const read = tensor(shown.slice(0, -1), { shape: [1, time] })
  const following = tensor(shown.slice(1), { shape: [1, time] })
  const last = oneHot(tensor(shown.slice(-1), { shape: [1, 1] }), vocabularySize, dtype)
  const { rows, next } = windowsOf(source)
  const inspection = await inspect(
    {
      layers,
      params: stacked,
      x: vectorsOf(read),
      scoreOf: (output) => sum(logSoftmax(logitsAtEnd(output)).mul(last)),
      windows: vectorsOf(rows),
      lossOf: (output) => crossEntropy(logitsAtEnd(output), next),
    },
    how,
  )
  const surprise = compile(
    (all: LanguageModelParams, x: Tensor, y: Tensor) =>
      crossEntropy(model.apply(all, x).logits, y, { reduction: 'none' }),
    { backend: how.backend },
  )
  return { ...inspection, surprise: Array.from(await surprise(params, read, following).data()) }
}

/** Windows spread over a text, int32 `[count, length]`, and the token after each, int32 `[count, 1]`. */
function windowsOf(source: Int32Array): { rows: Tensor; next: Tensor } {
  const length = Math.min(windows.length, source.length - 1)
  const count = Math.min(windows.count, source.length - length)
  const starts = Array.from({ length: count }, (_, i) =>
    Math.round((i * (source.length - length - 1)) / Math.max(1, count - 1)),
  )
  const rows = starts.flatMap((start) => Array.from(source.subarray(start, start + length)))
  const next = starts.map((start) => source[start + length]!)
  return {
    rows: tensor(Int32Array.from(rows), { shape: [count, length] }),
    next: tensor(Int32Array.from(next), { shape: [count, 1] }),
  }
}
