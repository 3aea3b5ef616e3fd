import {
  datasetBatches,
  datasetOf,
  exampleRows,
  prefetch,
  storedBatches,
  tokensInMemory,
  tokenRows,
  tokenWindows,
} from '@tapeloop/data'
import { memoryStorage, type Storage } from '@tapeloop/formats'
import { gru } from '@tapeloop/layers'
import { adam, createRun, fit, openRun, type BatchSource } from '@tapeloop/train'
import { expect, test } from 'vitest'
import { languageModel } from './language-model.js'
import { sequenceClassifier } from './sequence-classifier.js'

const about = { config: {}, command: 'test', seed: 3, versions: {} }

/** The model and the metrics of a training in a folder, which goes on where it was. */
async function train<Raw>(
  storage: Storage,
  fitting: (data: BatchSource<Raw>, run: Awaited<ReturnType<typeof openRun>>) => AsyncIterable<unknown>,
  data: BatchSource<Raw>,
) {
  const run = (await storage.list('')).length > 0 ? await openRun(storage) : await createRun(storage, about)
  for await (const _ of fitting(data, run)) continue
  const saved = (await run.latest())!
  return { model: saved.model, cursor: saved.state.cursor, metrics: await run.metrics() }
}

/** Trains 12 steps in one go and in two pieces, with data made anew for each. */
async function expectResumed<Raw>(
  make: () => BatchSource<Raw>,
  fitting: (steps: number) => Parameters<typeof train<Raw>>[1],
) {
  const pieces = memoryStorage()
  await train(pieces, fitting(5), make())
  const resumed = await train(pieces, fitting(12), make())
  expect(resumed).toEqual(await train(memoryStorage(), fitting(12), make()))
  expect(resumed.cursor.epoch).toBeGreaterThan(0)
}

const tokens = tokensInMemory(Int32Array.from({ length: 200 }, (_, i) => (i * i) % 7))
const model = languageModel({ cell: gru, vocabularySize: 7, hiddenSize: 5 })
const optimizer = adam({ learningRate: 0.01 })

test.each([
  [
    'windows that are shuffled and read ahead',
    () =>
      prefetch(
        datasetBatches(tokenWindows(tokens, { seqLength: 6 }).shuffle({ seed: 1, buffer: 9 }), {
          batchSize: 4,
          collate: tokenRows(),
        }),
      ),
  ],
  ['contiguous lanes', () => storedBatches(tokens, { batchSize: 4, seqLength: 6 })],
] as const)('%s: a training in two pieces has the bits of one', async (_, make) => {
  await expectResumed<Awaited<ReturnType<ReturnType<typeof make>['batch']>>>(
    make,
    (steps) => (data, run) => fit(model, { data, run, optimizer, steps }),
  )
})

test('so have examples in buckets of like length', async () => {
  const examples = Array.from({ length: 20 }, (_, i) => ({
    x: Array.from({ length: 1 + ((i * 7) % 9) }, (_, t) => (i + t) % 4),
    y: i % 2,
  }))
  const classifier = sequenceClassifier({ cell: gru, vocabularySize: 4, hiddenSize: 4, classes: 2 })
  const make = () =>
    datasetBatches(datasetOf(examples).shuffle({ seed: 2, buffer: 20 }), {
      batchSize: 3,
      collate: exampleRows,
      buckets: { lengthOf: ({ x }) => x.length, pool: 3, seed: 5 },
    })
  await expectResumed(make, (steps) => (data, run) => fit(classifier, { data, run, optimizer, steps }))
})
