import { randomKey, reference, type Backend } from '@tapeloop/core'
import { gru } from '@tapeloop/layers'
import { describe, expect, test } from 'vitest'
import {
  forecaster,
  multiLabelTagger,
  seq2seq,
  sequenceClassifier,
  tagger,
  type PredictOptions,
} from './index.js'

const sizes = { cell: gru, inputSize: 1, hiddenSize: 4, dtype: 'float64' } as const
const sequences = [[1, 2, 3], [0.5], [-1, 0], [2, 2, 2, 2], [0.1]]

/** A model with parameters, as a function of what it is asked. */
function asking<P, Said>(model: {
  init(key: ReturnType<typeof randomKey>): P
  predict(params: P, sequences: readonly number[][], options?: PredictOptions): Promise<Said[]>
}) {
  const params = model.init(randomKey(1))
  return (list: readonly number[][], options?: PredictOptions): Promise<unknown[]> =>
    model.predict(params, list, options)
}

describe.each([
  { name: 'sequenceClassifier', ask: asking(sequenceClassifier({ ...sizes, classes: 3 })) },
  { name: 'forecaster', ask: asking(forecaster({ ...sizes, horizon: 2, quantiles: [0.2, 0.8] })) },
  { name: 'tagger', ask: asking(tagger({ ...sizes, tags: 3 })) },
  { name: 'multiLabelTagger', ask: asking(multiLabelTagger({ ...sizes, labels: 2 })) },
  { name: 'seq2seq', ask: asking(seq2seq({ ...sizes, targetVocabularySize: 3 })) },
])('$name', ({ name, ask }) => {
  test('says the same of sequences in one batch or several, of which the last is not full', async () => {
    const whole = await ask(sequences)
    expect(whole).toHaveLength(5)
    for (const batchSize of [1, 2, 5, 9]) {
      const parts = await ask(sequences, { batchSize })
      expect(rounded(parts)).toEqual(rounded(whole))
    }
    expect(await ask([])).toEqual([])
    await expect(ask(sequences, { batchSize: 0 })).rejects.toThrow(
      `${name}.predict: batchSize is 0; it must be a whole number from 1`,
    )
  })

  test('runs on the backend that is given, which compiles once', async () => {
    let compilations = 0
    const counting: Backend = {
      name: 'counting',
      compile(graph, donated) {
        compilations++
        return reference.compile(graph, donated)
      },
    }
    await ask(sequences, { backend: counting })
    const first = compilations
    expect(first).toBeGreaterThan(0)
    await ask(sequences, { backend: counting })
    await ask(sequences)
    expect(compilations).toBe(first)
  })
})

/** Sums may be added in another order where a batch has other rows. */
function rounded(said: unknown): unknown {
  return JSON.parse(
    JSON.stringify(said, (_, value: unknown) =>
      typeof value === 'number' ? Math.round(value * 1e9) / 1e9 : value,
    ),
  )
}
