import { logSoftmax, mapTree, randomKey, tensor } from '@tapeloop/core'
import { gru, lstm } from '@tapeloop/layers'
import { describe, expect, test } from 'vitest'
import { seq2seq } from './seq2seq.js'

const model = seq2seq({
  cell: lstm,
  vocabularySize: 5,
  targetVocabularySize: 3,
  embeddingSize: 4,
  hiddenSize: 5,
  layers: 2,
  dtype: 'float64',
})
/** Larger than they start, so that tokens are more and less likely. */
const params = mapTree(model.init(randomKey(3)), (leaf) => leaf.mul(2.5))
const end = 3
const sequences = [[0, 3, 1], [4], [2, 2, 1, 0, 4, 3]]

type Path = { readonly tokens: readonly number[]; readonly total: number }
const hasEnded = ({ tokens }: Path) => tokens.at(-1) === end

/** What the model says of the token after some others, all of it computed anew. */
function after(x: readonly number[], tokens: readonly number[]): readonly number[] {
  const y = tensor(Int32Array.from(tokens), { shape: [1, tokens.length] })
  const { logits } = model.apply(params, tensor([x], { dtype: 'int32' }), y)
  return Array.from(
    logSoftmax(logits)
      .dataSync()
      .slice(-(end + 1)),
  )
}

/** A beam search by its definition. */
function search(x: readonly number[], beams: number, penalty: number, maxLength: number): Path {
  let paths: Path[] = [{ tokens: [], total: 0 }]
  for (let step = 0; step < maxLength && !paths.every(hasEnded); step++) {
    const longer = paths.flatMap((path) =>
      hasEnded(path)
        ? [path]
        : after(x, path.tokens).map((gain, token) => ({
            tokens: [...path.tokens, token],
            total: path.total + gain,
          })),
    )
    const score = ({ tokens, total }: Path) => total / tokens.length ** penalty
    paths = longer.toSorted((a, b) => score(b) - score(a)).slice(0, beams)
  }
  return paths[0]!
}

describe.each([1, 2, 5])('with %i beams', (beams) => {
  test.each([0, 0.7, 1])(
    'writes what a search by the definition finds, with the penalty %d',
    async (penalty) => {
      const maxLength = 7
      const found = await model.predict(params, sequences, { beams, lengthPenalty: penalty, maxLength })
      for (const [row, x] of sequences.entries()) {
        const expected = search(x, beams, penalty, maxLength)
        const { tokens, logProbability, isFinished, attention } = found[row]!
        expect(isFinished).toBe(hasEnded(expected))
        expect(tokens).toEqual(expected.tokens.filter((token) => token !== end))
        expect(logProbability).toBeCloseTo(expected.total, 10)
        expect(attention).toEqual([])
      }
    },
  )
})

test('some come to their end and some do not, and the beams find likelier ones', async () => {
  const options = { maxLength: 7, lengthPenalty: 0 }
  const [one] = [await model.predict(params, sequences, options)]
  const many = await model.predict(params, sequences, { ...options, beams: 5 })
  expect(new Set([...one, ...many].map(({ isFinished }) => isFinished)).size).toBe(2)
  many.forEach(({ logProbability }, row) =>
    expect(logProbability).toBeGreaterThanOrEqual(one[row]!.logProbability - 1e-12),
  )
  expect(many.some(({ logProbability }, row) => logProbability > one[row]!.logProbability + 0.01)).toBe(true)
})

test('tells what it looked at before each token, as one pass over the same tokens does', async () => {
  const found = await model.predict(params, sequences, { beams: 3, attention: true, maxLength: 6 })
  for (const [row, x] of sequences.entries()) {
    const { tokens, attention } = found[row]!
    const y = tensor(Int32Array.from(tokens), { shape: [1, tokens.length] })
    const whole = model.apply(params, tensor([x], { dtype: 'int32' }), y).attention.toNested() as number[][][]
    attention.forEach((weights, at) =>
      weights.forEach((weight, t) => expect(weight).toBeCloseTo(whole[0]![at]![t]!, 10)),
    )
  }
})

test('goes on over the ends of programs, as long as it may', async () => {
  const endless = seq2seq({
    cell: gru,
    inputSize: 1,
    targetVocabularySize: 6,
    hiddenSize: 6,
    dtype: 'float64',
  })
  const start = endless.init(randomKey(2))
  const lowered = {
    ...start,
    decoder: {
      ...start.decoder,
      output: {
        ...start.decoder.output,
        bias: tensor([0, 0, 0, 0, 0, 0, -99], { dtype: 'float64' }),
      },
    },
  }
  const of = async (maxLength: number) => {
    const [found] = await endless.predict(lowered, [[1, -2]], { maxLength, beams: 2, attention: true })
    expect([found!.tokens.length, found!.attention.length, found!.isFinished]).toEqual([
      maxLength,
      maxLength,
      false,
    ])
    return found!
  }
  const long = await of(70)
  const y = tensor(Int32Array.from(long.tokens), { shape: [1, 70] })
  const { logits } = endless.apply(lowered, tensor([[[1], [-2]]], { dtype: 'float64' }), y)
  const logs = logSoftmax(logits).toNested() as number[][][]
  const total = long.tokens.reduce((sum, token, at) => sum + logs[0]![at]![token]!, 0)
  expect(long.logProbability).toBeCloseTo(total, 8)
  expect((await of(1)).tokens).toEqual([logs[0]![0]!.indexOf(Math.max(...logs[0]![0]!))])
})

test.each([
  [{ beams: 0 }, 'seq2seq.predict: beams is 0; it must be a whole number from 1'],
  [{ maxLength: 1.5 }, 'seq2seq.predict: maxLength is 1.5; it must be a whole number from 1'],
  [{ lengthPenalty: -1 }, 'seq2seq.predict: lengthPenalty is -1; it must be a number from 0'],
])('%o is refused', async (wrong, message) => {
  await expect(model.predict(params, sequences, wrong)).rejects.toThrow(message)
})
