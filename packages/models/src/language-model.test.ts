import { flatten, foldIn, grad, mapTree, randomKey, tensor, type Tensor, type Tree } from '@tapeloop/core'
import { contiguousBatches, epochOf, paddedBatches } from '@tapeloop/data'
import { cells, gru, lstm, phasedLstm, type Cell } from '@tapeloop/layers'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { languageModel } from './language-model.js'

const small = { vocabularySize: 5, hiddenSize: 4, dtype: 'float64' } as const
const ids = (rows: readonly (readonly number[])[]) =>
  tensor(Int32Array.from(rows.flat()), { shape: [rows.length, rows[0]!.length] })
const numbers = (x: Tensor) => [...x.dataSync()]
const expectClose = (a: readonly number[], b: readonly number[]) => {
  expect(a).toHaveLength(b.length)
  a.forEach((value, i) => expect(value).toBeCloseTo(b[i]!, 10))
}

describe.each(Object.values<Cell>(cells))('over $name', (cell) => {
  test.each([
    { layers: 1 },
    { layers: 3 },
    { layers: 2, embeddingSize: 3 },
    { layers: 1, options: Object.hasOwn(cell.options, 'bias') ? { bias: false } : {} },
  ])('the number of parameters is known without drawing them: %o', (sizes) => {
    const model = languageModel({ cell, ...small, ...sizes })
    const drawn = flatten(model.init(randomKey(1)) as Tree).leaves
    expect(model.parameters).toBe(drawn.reduce((sum, { size }) => sum + size, 0))
  })

  test('every parameter has a part in the loss', () => {
    const model = languageModel({ cell, ...small, layers: 2, embeddingSize: 3 })
    const batch = {
      x: ids([
        [0, 1, 2, 3],
        [4, 3, 2, 1],
      ]),
      y: ids([
        [1, 2, 3, 4],
        [3, 2, 1, 0],
      ]),
    }
    // peepholes start at 0, where some gradients vanish
    const params = mapTree(model.init(randomKey(1)) as Tree, (leaf) => leaf.add(0.1)) as ReturnType<
      typeof model.init
    >
    const { leaves, paths } = flatten(
      grad((p: typeof params) => model.loss(p, batch, model.start(batch)).loss)(params) as Tree,
    )
    const idle = paths.filter((_, i) => numbers(leaves[i]!).every((value) => value === 0))
    expect(idle).toEqual([])
  })

  test('two windows with the state carried are one window', () => {
    const model = languageModel({ cell, ...small, layers: 2 })
    const params = model.init(randomKey(2))
    const x = [
      [0, 1, 2, 3, 4, 0],
      [4, 4, 2, 1, 0, 3],
    ]
    const part = (from: number, to: number) => ids(x.map((row) => row.slice(from, to)))
    const whole = model.apply(params, part(0, 6))
    const first = model.apply(params, part(0, 2))
    const second = model.apply(params, part(2, 6), { state: first.state })
    const rest = [0, 1].flatMap((row) => numbers(whole.logits).slice(row * 30 + 10, row * 30 + 30))
    expectClose(numbers(second.logits), rest)
  })
})

test('the loss is the mean surprise of the targets', () => {
  const model = languageModel({ cell: lstm, ...small })
  const params = model.init(randomKey(1))
  const batch = { x: ids([[0, 1, 2]]), y: ids([[1, 2, 4]]) }
  const { loss, weight } = model.loss(params, batch, model.start(batch))
  const logits = model.apply(params, batch.x).logits.toNested() as number[][][]
  const surprises = [1, 2, 4].map((target, t) => {
    const row = logits[0]![t]!
    return Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0)) - row[target]!
  })
  expectClose([loss.itemSync()], [surprises.reduce((a, b) => a + b) / 3])
  expect(weight).toBe(3)
})

test('padding counts nowhere: a padded batch is the mean over its sequences, each alone', () => {
  const model = languageModel({ cell: gru, ...small })
  const params = model.init(randomKey(3))
  const sequence = fc.array(fc.nat({ max: 4 }), { minLength: 2, maxLength: 5 })
  fc.assert(
    fc.property(
      fc.array(sequence, { minLength: 1, maxLength: 3 }),
      fc.nat({ max: 4 }),
      (sequences, padId) => {
        const lists = sequences.map((tokens) => Int32Array.from(tokens))
        const lossOf = (list: readonly Int32Array[], batchSize: number) => {
          const [raw] = [...epochOf(paddedBatches(list, { batchSize, padId }))]
          const batch = model.batch(raw!)
          const { loss, weight } = model.loss(params, batch, model.start(batch))
          return [loss.itemSync(), (weight as Tensor).itemSync()] as const
        }
        // one row more than there are sequences, so that one is padding alone
        const [together, terms] = lossOf(lists, lists.length + 1)
        const apart = lists.map((list) => lossOf([list], 1))
        const total = apart.reduce((sum, [loss, count]) => sum + loss * count, 0)
        expect(terms).toBe(lists.reduce((sum, list) => sum + list.length - 1, 0))
        expect(together).toBeCloseTo(total / terms, 10)
      },
    ),
    { numRuns: 20 },
  )
})

test('a raw batch of a stream becomes tensors of its shape', () => {
  const model = languageModel({ cell: lstm, ...small })
  const [raw] = [
    ...epochOf(contiguousBatches(Int32Array.of(0, 1, 2, 3, 4, 0, 1), { batchSize: 2, seqLength: 3 })),
  ]
  const batch = model.batch(raw!)
  expect(batch.x.toNested()).toEqual([
    [0, 1, 2],
    [3, 4, 0],
  ])
  expect(batch.y.toNested()).toEqual([
    [1, 2, 3],
    [4, 0, 1],
  ])
  expect('lengths' in batch).toBe(false)
})

test.each([1, 2, 4])(
  'evaluating in %d lanes predicts every token after the first once',
  async (batchSize) => {
    const model = languageModel({ cell: lstm, ...small })
    const params = model.init(randomKey(4))
    const tokens = Int32Array.from({ length: 23 }, (_, i) => (i * i) % 5)
    const {
      nats,
      perplexity,
      tokens: count,
    } = await model.evaluate(params, tokens, { batchSize, seqLength: 4 })
    let total = 0
    for (let lane = 0; lane < batchSize; lane++) {
      const [from, to] = [lane, lane + 1].map((n) => Math.floor((n * 22) / batchSize)) as [number, number]
      const batch = {
        x: ids([[...tokens.subarray(from, to)]]),
        y: ids([[...tokens.subarray(from + 1, to + 1)]]),
      }
      total += model.loss(params, batch, model.start(batch)).loss.itemSync() * (to - from)
    }
    expect(count).toBe(22)
    expect(nats).toBeCloseTo(total / 22, 10)
    expect(perplexity).toBeCloseTo(Math.exp(nats), 10)
  },
)

test('what is saved and loaded predicts the same', async () => {
  const model = languageModel({ cell: lstm, ...small, embeddingSize: 2 })
  const params = model.init(randomKey(6))
  const loaded = model.load(await model.save(params))
  expect(numbers(model.apply(loaded, ids([[0, 4, 1]])).logits)).toEqual(
    numbers(model.apply(params, ids([[0, 4, 1]])).logits),
  )
})

test('equal keys draw equal parameters, others do not', () => {
  const model = languageModel({ cell: lstm, ...small, embeddingSize: 2 })
  const draw = (key: Tensor) => flatten(model.init(key) as Tree).leaves.flatMap(numbers)
  expect(draw(randomKey(5))).toEqual(draw(randomKey(5)))
  expect(draw(randomKey(5))).not.toEqual(draw(foldIn(randomKey(5), 1)))
})

test.each([
  [{ vocabularySize: 0 }, /vocabularySize is 0/],
  [{ hiddenSize: 2.5 }, /hiddenSize is 2.5/],
  [{ layers: 0 }, /layers is 0/],
  [{ embeddingSize: -1 }, /embeddingSize is -1/],
  [{ options: { forgetBias: 'much' as unknown as number } }, /option forgetBias/],
])('%o is refused', (wrong, message) => {
  expect(() => languageModel({ cell: lstm, ...small, ...wrong })).toThrow(message)
})

test('a cell that is to be told the time between tokens is refused', () => {
  expect(() => languageModel({ cell: phasedLstm, ...small, options: { timed: true } })).toThrow(
    'languageModel: options.timed is true, but tokens do not say how much time passed',
  )
  expect(languageModel({ cell: phasedLstm, ...small, options: { timed: false } }).vocabularySize).toBe(5)
})
