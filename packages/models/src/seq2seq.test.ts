import { flatten, grad, randomKey, less, tensor, where, type Tensor } from '@tapeloop/core'
import { firstCursor, mulberry32 } from '@tapeloop/data'
import { cells, gru, lstm, phasedLstm, variationalDropout, zoneout, type Cell } from '@tapeloop/layers'
import { checkGradients } from '@tapeloop/testing'
import { adam, constant, cosine, fit, linear, type Schedule } from '@tapeloop/train'
import { describe, expect, test } from 'vitest'
import { countOf, idleOf, lossOf, wiggled } from '../fixtures/models.js'
import type { Hypothesis } from './decoding.js'
import { exampleBatches } from './examples.js'
import { seq2seq, type Seq2seqOptions, type Seq2seqParams, type TargetTensors } from './seq2seq.js'

const small = { vocabularySize: 3, targetVocabularySize: 4, hiddenSize: 4, dtype: 'float64' } as const
const examples = [
  { x: [0, 1, 2], y: [1, 3, 0] },
  { x: [2], y: [2, 2, 0, 1, 1] },
  { x: [1, 1, 0, 2, 2], y: [] },
]
const sequences = examples.map(({ x }) => x)
const batchOf = (model: ReturnType<typeof seq2seq>, list: typeof examples, batchSize = list.length) =>
  model.batch(exampleBatches(list, { batchSize }).batch(firstCursor))

/** The loss and its gradient while training, with a key. */
function trained(cell: Cell, teacherForcing: Seq2seqOptions['teacherForcing'] & {}, seed = 1) {
  const model = seq2seq({ cell, ...small, embeddingSize: 2, layers: 2, teacherForcing })
  const batch = batchOf(model, examples)
  const loss = (params: ReturnType<typeof model.init>) =>
    model.loss(params, batch, model.start(batch), randomKey(seed)).loss
  const params = wiggled(model)
  return [loss(params), ...flatten(grad(loss)(params)).leaves].flatMap((leaf) => [...leaf.dataSync()])
}

describe.each(Object.values<Cell>(cells))('over $name', (cell) => {
  test('every parameter is counted and has a part in the loss', () => {
    const model = seq2seq({ cell, ...small, embeddingSize: 2 })
    expect(model.parameters).toBe(countOf(model))
    expect(idleOf(model, examples)).toEqual([])
  })

  test('true tokens alone give the same in one pass and step by step', () => {
    const [whole, stepwise] = [trained(cell, 1), trained(cell, constant(1))]
    whole.forEach((value, i) => expect(stepwise[i]).toBeCloseTo(value, 10))
  })
})

test.each([zoneout(lstm, { h: 0.3, c: 0.5 }), variationalDropout(gru, { input: 0.4, state: 0.4 })])(
  'what $name draws is the same in one pass and step by step',
  (cell) => {
    const [whole, stepwise] = [trained(cell, 1), trained(cell, constant(1))]
    whole.forEach((value, i) => expect(stepwise[i]).toBeCloseTo(value, 10))
    expect(trained(cell, 1, 2)[0]).not.toBe(whole[0])
  },
)

describe.each([
  {},
  { embeddingSize: 2, layers: 2 },
  { attention: 'additive' },
  { bidirectional: true, embeddingSize: 2 },
] as const)('made with %o', (kind) => {
  const model = seq2seq({ cell: lstm, ...small, ...kind })
  const params = wiggled(model)

  test('every parameter is counted and has a part in the loss', () => {
    expect(model.parameters).toBe(countOf(model))
    expect(idleOf(model, examples)).toEqual([])
  })

  test('its gradient is right', () => {
    const batch = batchOf(model, examples)
    checkGradients((params: Seq2seqParams) => model.loss(params, batch, {}).loss, [params], { order: 1 })
  })

  test('padding changes nothing: a batch is the mean over its tokens, each sequence alone', async () => {
    const apart = examples.map((example) => lossOf(model, params, [example], 1) * (example.y.length + 1))
    expect(lossOf(model, params, examples, 5)).toBeCloseTo(apart.reduce((sum, loss) => sum + loss) / 11, 12)
    const options = { beams: 2, maxLength: 6, attention: true }
    const together = await model.predict(params, sequences, options)
    for (const [row, x] of sequences.entries()) {
      const [alone] = await model.predict(params, [x], options)
      const found = together[row]!
      expect([found.tokens, found.isFinished]).toEqual([alone!.tokens, alone!.isFinished])
      expect(found.logProbability).toBeCloseTo(alone!.logProbability, 12)
      expect(found.attention.length).toBe(found.tokens.length + Number(found.isFinished))
      found.attention.forEach((weights, at) => {
        expect(weights.length).toBe(x.length)
        weights.forEach((weight, t) => expect(weight).toBeCloseTo(alone!.attention[at]![t]!, 12))
        expect(weights.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 12)
      })
    }
  })

  test('what is saved and loaded writes the same', async () => {
    const loaded = model.load(await model.save(params))
    expect(lossOf(model, loaded, examples, 3)).toBe(lossOf(model, params, examples, 3))
    expect(await model.predict(loaded, sequences)).toEqual(await model.predict(params, sequences))
  })
})

describe('what stands behind the lengths', () => {
  const model = seq2seq({
    cell: lstm,
    inputSize: 2,
    targetVocabularySize: 4,
    embeddingSize: 3,
    hiddenSize: 4,
    bidirectional: true,
    dtype: 'float64',
  })
  const params = wiggled(model)
  const numbers = [
    { x: [[0.1, 1]], y: [1, 0] },
    {
      x: [
        [2, -1],
        [0, 0.3],
        [1, 1],
      ].map((pair) => pair),
      y: [2],
    },
  ]
  const batch = model.batch(exampleBatches(numbers, { batchSize: 3 }).batch(firstCursor))
  const lossOn = (changed: Partial<TargetTensors>, given = params) =>
    model.loss(given, { ...batch, ...changed }, {})
  const isPadding = tensor(
    [
      [0, 1, 1],
      [0, 0, 0],
      [1, 1, 1],
    ],
    { dtype: 'bool' },
  ).reshape([3, 3, 1])

  test('is no matter, even where it is no number', () => {
    const { loss, metrics } = lossOn({})
    const strange = lossOn({
      x: where(isPadding, NaN, batch.x),
      y: tensor(
        [
          [1, 0],
          [2, 3],
          [3, 3],
        ],
        { dtype: 'int32' },
      ),
    })
    expect(strange.loss.itemSync()).toBe(loss.itemSync())
    expect(loss.itemSync()).toBeGreaterThan(0)
    expect(Object.keys(metrics!)).toEqual(['accuracy', 'exactMatch'])
  })

  test('has a gradient of exactly 0, and so has a token that stands nowhere else', () => {
    const ofInput = grad((x: Tensor) => lossOn({ x }).loss)(batch.x)
    expect([...where(isPadding, ofInput, 0).dataSync()].every((value) => value === 0)).toBe(true)
    expect([...ofInput.dataSync()].filter((value) => value !== 0)).toHaveLength(8)
    const y = tensor(
      [
        [1, 0],
        [2, 3],
        [3, 3],
      ],
      { dtype: 'int32' },
    )
    const { decoder } = grad((given: Seq2seqParams) => lossOn({ y }, given).loss)(params)
    const rows = decoder.embedding!.table.toNested() as number[][]
    expect(rows.map((row) => row.every((value) => value === 0))).toEqual([false, false, false, true, false])
  })
})

describe('scheduled sampling', () => {
  const lossWith = (teacherForcing: number | Schedule, key?: Tensor, batches = 0) => {
    const model = seq2seq({ cell: gru, ...small, embeddingSize: 3, teacherForcing })
    const batch = batchOf(model, examples)
    const learned = typeof teacherForcing === 'number' ? {} : { batches: tensor(batches, { dtype: 'int32' }) }
    const { loss, carried } = model.loss(wiggled(model), batch, learned, key)
    return { loss: loss.itemSync(), batches: carried.batches?.itemSync() }
  }
  const key = randomKey(4)

  test('reads what it drew itself: the same for the same key, in training only', () => {
    const { loss } = lossWith(1, key)
    const drawn = lossWith(0, key).loss
    expect(drawn).not.toBeCloseTo(loss, 3)
    expect(lossWith(0, key).loss).toBe(drawn)
    expect(lossWith(0, randomKey(5)).loss).not.toBe(drawn)
    expect(lossWith(0).loss).toBe(loss)
  })

  test('the first token depends on nothing that is drawn', () => {
    const model = seq2seq({ cell: gru, ...small, teacherForcing: 0 })
    const batch = batchOf(model, [{ x: [1, 2], y: [] }])
    const params = wiggled(model)
    const [a, b] = [model.loss(params, batch, {}, key), model.loss(params, batch, {})]
    expect(a.loss.itemSync()).toBeCloseTo(b.loss.itemSync(), 12)
  })

  test('a schedule is told the number of batches before, which goes on', () => {
    const schedule: Schedule = (step, dtype) => less(step, 3).cast(dtype)
    const [before, after] = [lossWith(schedule, key, 2), lossWith(schedule, key, 3)]
    expect(before.loss).toBeCloseTo(lossWith(1, key).loss, 12)
    expect(after.loss).toBe(lossWith(0, key).loss)
    expect([before.batches, after.batches]).toEqual([3, 4])
  })

  test('the batches of all epochs count', async () => {
    const lossesWith = async (teacherForcing: Schedule) => {
      const model = seq2seq({ cell: gru, ...small, teacherForcing })
      const data = exampleBatches(examples, { batchSize: 2 })
      const losses: number[] = []
      for await (const event of fit(model, { data, optimizer: adam(), steps: 3 }))
        if (event.type === 'step') losses.push(event.loss)
      return losses
    }
    const [forced, partly] = [
      await lossesWith(constant(1)),
      await lossesWith((step, dtype) => less(step, 2).cast(dtype)),
    ]
    expect(partly.slice(0, 2)).toEqual(forced.slice(0, 2))
    expect(partly[2]).not.toBe(forced[2])
  })
})

test('learns to write short sequences backwards, also from its own tokens', async () => {
  const random = mulberry32(5)
  const words = Array.from({ length: 400 }, () =>
    Array.from({ length: 1 + Math.floor(random() * 5) }, () => Math.floor(random() * 4)),
  )
  const pairs = words.map((x) => ({ x, y: x.toReversed() }))
  const model = seq2seq({
    cell: gru,
    vocabularySize: 4,
    targetVocabularySize: 4,
    hiddenSize: 24,
    teacherForcing: linear({ from: 1, to: 0.5, steps: 200 }),
  })
  const [known, unknown] = [pairs.slice(0, 300), pairs.slice(300)]
  const data = exampleBatches(known, { batchSize: 30, seed: 1 })
  const optimizer = adam({ learningRate: cosine({ peak: 0.03, steps: 250 }) })
  for await (const event of fit(model, { data, optimizer, epochs: 25 })) {
    if (event.type !== 'done') continue
    const { metrics } = await model.evaluate(event.params, unknown)
    expect(metrics['exactMatch']).toBeGreaterThan(0.95)
    const written = await model.predict(
      event.params,
      unknown.map(({ x }) => x),
    )
    const right = written.filter(({ tokens }, i) => tokens.join() === unknown[i]!.y.join())
    expect(right.length / unknown.length).toBeCloseTo(metrics['exactMatch']!, 6)
    const [{ tokens, isFinished }] = (await model.predict(event.params, [[3, 0, 1, 2]], { beams: 4 })) as [
      Hypothesis,
    ]
    expect([tokens, isFinished]).toEqual([[2, 1, 0, 3], true])
  }
})

test('time between what is read is for the encoder alone', async () => {
  const model = seq2seq({
    cell: phasedLstm,
    inputSize: 3,
    targetVocabularySize: 4,
    hiddenSize: 3,
    options: { timed: true },
  })
  const params = model.init(randomKey(1))
  expect(model.parameters).toBe(countOf(model))
  const wait = (time: number) =>
    model.predict(
      params,
      [
        [
          [0.1, 0.2, 1],
          [0.3, 0.1, time],
        ],
      ],
      { maxLength: 4 },
    )
  expect((await wait(1))[0]!.logProbability).not.toBe((await wait(5))[0]!.logProbability)
  expect(() => seq2seq({ cell: phasedLstm, ...small, options: { timed: true } })).toThrow(
    'seq2seq: options.timed is true, but tokens do not say how much time passed; read numbers (inputSize)',
  )
})

test.each([
  [{ targetVocabularySize: 0 }, 'seq2seq: targetVocabularySize is 0; it must be a whole number from 1'],
  [{ teacherForcing: 1.5 }, 'seq2seq: teacherForcing is 1.5; it must be a number from 0 to 1, or a schedule'],
  [{ attention: 'none' as 'dot' }, 'seq2seq: attention is none; it must be dot or additive'],
  [
    { bidirectional: true, attention: 'dot' as const },
    'seq2seq: attention is dot, but the encoder puts out 8 features and the decoder 4; take additive',
  ],
  [{ inputSize: 2 }, 'both inputSize and vocabularySize are given'],
])('%o is refused', (wrong, message) => {
  expect(() => seq2seq({ cell: lstm, ...small, ...wrong })).toThrow(message)
})

test('says in one sentence what is wrong with examples', async () => {
  const model = seq2seq({ cell: lstm, ...small })
  const params = model.init(randomKey(1))
  await expect(model.evaluate(params, [{ x: [0], y: [4] }])).rejects.toThrow(
    'seq2seq: y: sequence 0 has 4 at 0; it must be a whole number from 0 to 3',
  )
  await expect(model.predict(params, [[3]])).rejects.toThrow('seq2seq: x: sequence 0 has 3 at 0')
  expect(await model.predict(params, [])).toEqual([])
})
