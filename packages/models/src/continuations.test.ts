import { randomKey } from '@tapeloop/core'
import { gru } from '@tapeloop/layers'
import { expect, test } from 'vitest'
import { languageModel } from './language-model.js'

const model = languageModel({ cell: gru, vocabularySize: 4, hiddenSize: 6 })
const params = model.init(randomKey(3))

/** The logarithm of how likely tokens are to follow a primer, one after the other. */
async function logProbability(primer: readonly number[], tokens: readonly number[]): Promise<number> {
  let sum = 0
  for (const [i, token] of tokens.entries()) {
    const { probabilities } = await model.next(params, [...primer, ...tokens.slice(0, i)])
    sum += Math.log(probabilities[token]!)
  }
  return sum
}

/** All texts of so many tokens. */
function all(length: number): number[][] {
  if (length === 0) return [[]]
  return all(length - 1).flatMap((tokens) => [0, 1, 2, 3].map((token) => [...tokens, token]))
}

test('with as many beams as there are texts it finds the likeliest ones', async () => {
  const primer = [1, 2]
  const scored = await Promise.all(
    all(3).map(async (tokens) => ({ tokens, logProbability: await logProbability(primer, tokens) })),
  )
  const best = scored.toSorted((a, b) => b.logProbability - a.logProbability)
  const found = await model.beam(params, primer, { beams: 64, length: 3 })
  expect(found.map(({ tokens }) => tokens)).toEqual(best.map(({ tokens }) => tokens))
  found.forEach(({ logProbability }, i) => expect(logProbability).toBeCloseTo(best[i]!.logProbability, 4))
})

test('one beam takes the likeliest token each time', async () => {
  const [found] = await model.beam(params, [3], { beams: 1, length: 8 })
  const greedy: number[] = []
  for await (const token of model.sampler({ temperature: 0 }).tokens(params, [3], { length: 8 }))
    greedy.push(token)
  expect(found!.tokens).toEqual(greedy)
})

test('a continuation ends before the token to stop at', async () => {
  const found = await model.beam(params, [0], { beams: 8, length: 6, stop: 2 })
  expect(found).toHaveLength(8)
  expect(found.every(({ tokens }) => !tokens.includes(2))).toBe(true)
  expect(found.some(({ tokens }) => tokens.length < 6)).toBe(true)
  for (const { tokens, logProbability: sum } of found) {
    const ended = tokens.length < 6 ? [...tokens, 2] : tokens
    expect(sum).toBeCloseTo(await logProbability([0], ended), 4)
  }
})

test('what makes no sense is refused', async () => {
  await expect(model.beam(params, [0], { beams: 0, length: 3 })).rejects.toThrow(/beams is 0/)
  await expect(model.beam(params, [], { beams: 2, length: 3 })).rejects.toThrow(/primer is empty/)
})
