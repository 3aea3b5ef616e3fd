import { concat, flip, randomKey, tensor, type Tensor } from '@tapeloop/core'
import { gru, lstm, recurrent, type Cell } from '@tapeloop/layers'
import { expect, test } from 'vitest'
import type { Anatomy } from './anatomy.js'
import { forecaster } from './forecaster.js'
import { languageModel } from './language-model.js'
import { multiLabelTagger } from './multi-label-tagger.js'
import { sequenceClassifier } from './sequence-classifier.js'
import { sequenceRegressor } from './sequence-regressor.js'
import { tagger } from './tagger.js'

const dtype = 'float64'
const tokens = tensor([0, 2, 1, 2, 2, 0], { shape: [2, 3], dtype: 'int32' })
const numbers = tensor([0.5, -1, 2, 0.25, 1, 0], { shape: [2, 3, 1], dtype })
const text = { vocabularySize: 3, hiddenSize: 4, dtype } as const
const values = { inputSize: 1, hiddenSize: 4, dtype } as const

/** The model of its parts. */
function together<Params>({ cell, hiddenSize, ...parts }: Anatomy<Params>, params: Params, x: Tensor) {
  const entered = parts.enter(params, x)
  const outputs = parts.directions(params).map(({ reverse, layers }) => {
    let below = reverse ? flip(entered, 1) : entered
    for (const layer of layers) {
      const inputSize = below.shape.at(-1)!
      below = recurrent(cell, { inputSize, hiddenSize }).apply(layer as never, below).output
    }
    return reverse ? flip(below, 1) : below
  })
  expect(entered.shape.at(-1)).toBe(parts.inputSize)
  return parts.leave(params, concat(outputs, -1)).dataSync()
}

test('put together again, the parts of a model compute what it computes', () => {
  const cell = gru as unknown as Cell
  const check = <Params>(
    model: {
      readonly anatomy: Anatomy<Params>
      init(key: Tensor): Params
      apply(params: Params, x: Tensor): Tensor
    },
    x: Tensor,
  ) => {
    const params = model.init(randomKey(1))
    expect(together(model.anatomy, params, x)).toEqual(model.apply(params, x).dataSync())
  }
  const writer = languageModel({
    cell: lstm,
    ...text,
    embeddingSize: 2,
    layers: 2,
    options: { forgetBias: 3 },
  })
  const read = {
    ...writer,
    apply: (...args: Parameters<typeof writer.apply>) => writer.apply(...args).logits,
  }
  check(read, tokens)
  check(sequenceClassifier({ cell, ...text, classes: 2, bidirectional: true, layers: 2 }), tokens)
  check(sequenceClassifier({ cell, ...values, classes: 2, summary: 'additive' }), numbers)
  check(forecaster({ cell, ...values, horizon: 2, quantiles: [0.1, 0.9] }), numbers)
  check(tagger({ cell, ...text, tags: 2, bidirectional: true }), tokens)
  check(multiLabelTagger({ cell, ...values, labels: 2 }), numbers)
  check(sequenceRegressor({ cell, ...values, outputSize: 2, layers: 2 }), numbers)
})
