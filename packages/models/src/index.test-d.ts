import type { Tensor } from '@tapeloop/core'
import { contiguousBatches } from '@tapeloop/data'
import { cells, gru, lstm, type Cell, type CellName } from '@tapeloop/layers'
import { adam, fit, linear } from '@tapeloop/train'
import { expectTypeOf, test } from 'vitest'
import {
  exampleBatches,
  languageModel,
  seq2seq,
  sequenceClassifier,
  sequenceRegressor,
  type Hypothesis,
  type LanguageModel,
  type LanguageModelParams,
  type Seq2seq,
} from './index.js'

const sizes = { vocabularySize: 5, hiddenSize: 4 }

test('the options are those of the cell', () => {
  expectTypeOf(
    languageModel({ cell: lstm, ...sizes, options: { forgetBias: 2 } }),
  ).toEqualTypeOf<LanguageModel>()
  // @ts-expect-error a GRU has no forget gate
  languageModel({ cell: gru, ...sizes, options: { forgetBias: 2 } })
  // @ts-expect-error a bias is there or not
  languageModel({ cell: lstm, ...sizes, options: { bias: 3 } })
})

test('any cell of the registry will do', () => {
  const name: CellName = 'gru'
  const cell: Cell = cells[name]
  expectTypeOf(languageModel({ cell, ...sizes }).parameters).toEqualTypeOf<number>()
  expectTypeOf(
    sequenceRegressor({ cell, hiddenSize: 3, inputSize: 2, outputSize: 1 }).apply,
  ).returns.toEqualTypeOf<Tensor>()
})

test('a model is a task: what fit gives back are its parameters', () => {
  const data = contiguousBatches(new Int32Array(9), { batchSize: 1, seqLength: 2 })
  const how = { data, optimizer: adam(), steps: 1 }
  const events = fit(languageModel({ cell: lstm, ...sizes }), how)
  type Done = Extract<Awaited<ReturnType<(typeof events)['next']>>['value'], { type: 'done' }>
  expectTypeOf<Done['params']>().toEqualTypeOf<LanguageModelParams>()
  const regressor = sequenceRegressor({ cell: lstm, hiddenSize: 3, inputSize: 2, outputSize: 1 })
  // @ts-expect-error it does not learn from tokens
  fit(regressor, how)
})

test('what is written are tokens, learned from pairs of sequences', () => {
  const model = seq2seq({ cell: lstm, ...sizes, targetVocabularySize: 4, options: { forgetBias: 2 } })
  expectTypeOf(model).toEqualTypeOf<Seq2seq>()
  expectTypeOf(model.predict).returns.resolves.toEqualTypeOf<Hypothesis[]>()
  const pairs = exampleBatches([{ x: [1, 2], y: [2, 1] }], { batchSize: 1 })
  fit(model, { data: pairs, optimizer: adam(), steps: 1 })
  // @ts-expect-error a class is one number, not several
  fit(sequenceClassifier({ cell: lstm, ...sizes, classes: 2 }), { data: pairs, optimizer: adam(), steps: 1 })
  seq2seq({
    cell: gru,
    ...sizes,
    targetVocabularySize: 4,
    teacherForcing: linear({ from: 1, to: 0, steps: 9 }),
  })
  // @ts-expect-error it must be known how many tokens it writes
  seq2seq({ cell: gru, ...sizes })
})
