import { cosineSimilarity, einsum, matmul, outer, softmax, swapAxes, tanh } from '@tapeloop/core'
import { linear } from '@tapeloop/layers'
import { given } from '../program.js'
import { numberOf, textOf, type OpCall, type OpRules } from '../op-call.js'

/** Products of matrices and tensors. */
export const linalgRules: OpRules = {
  matmul: ({ tensors }) => matmul(given(tensors, 'a'), given(tensors, 'b')),
  einsum: ({ config, list }) => einsum(textOf(config, 'equation'), ...list),
  outer: ({ tensors }) => outer(given(tensors, 'a'), given(tensors, 'b')),
  linear: dense,
  bilinear({ tensors: { a, b, weight, bias } }) {
    const y = einsum('...i,kij,...j->...k', a!, weight!, b!)
    return bias === undefined ? y : y.add(bias)
  },
  cosine_similarity: ({ config, tensors }) =>
    cosineSimilarity(given(tensors, 'a'), given(tensors, 'b'), numberOf(config, 'dim', 1), {
      epsilon: numberOf(config, 'eps', 1e-8),
    }),
  'softmax(q k^T / sqrt(d)) v'({ tensors: { q, k, v } }) {
    const scores = matmul(q!, swapAxes(k!, -2, -1)).div(Math.sqrt(q!.shape.at(-1)!))
    return matmul(softmax(scores), v!)
  },
  'softmax(v . tanh(q Wq^T + k Wk^T)) k'({ tensors: { q, k, Wq, Wk, v } }) {
    const query = einsum('bq,hq->bh', q!, Wq!).reshape([q!.shape[0]!, 1, -1])
    const scores = matmul(tanh(query.add(einsum('btk,hk->bth', k!, Wk!))), v!)
    return einsum('bt,btk->bk', softmax(scores), k!)
  },
}

function dense({ tensors }: OpCall) {
  const [x, weight] = [given(tensors, 'x'), given(tensors, 'weight')]
  const [outputSize, inputSize] = weight.shape as [number, number]
  const { bias } = tensors
  const kernel = swapAxes(weight, 0, 1)
  const layer = linear({ inputSize, outputSize, bias: bias !== undefined })
  return layer.apply({ kernel, ...(bias && { bias }) }, x)
}
