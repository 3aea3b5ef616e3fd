import { randomKey, tensor } from '@tapeloop/core'
import { characters, characterTokenizer } from '@tapeloop/data'
import { lstm } from '@tapeloop/layers'
import { expect, test } from 'vitest'
import { languageModel } from './language-model.js'
import type { DrawOptions, Sampler } from './sampler.js'

const model = languageModel({ cell: lstm, vocabularySize: 5, hiddenSize: 8, layers: 2 })
const params = model.init(randomKey(1))

async function list<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of stream) items.push(item)
  return items
}
const draw = (sampler: Sampler, options: DrawOptions, primer: readonly number[] = [0]) =>
  list(sampler.tokens(params, primer, options))

/** What the model says of the token after `context`. */
function probabilities(context: readonly number[]): number[] {
  const { logits } = model.apply(params, tensor(Int32Array.from(context), { shape: [1, context.length] }))
  const weights = Array.from(logits.dataSync().slice(-5), (logit) => Math.exp(logit))
  const total = weights.reduce((a, b) => a + b)
  return weights.map((weight) => weight / total)
}
const likeliest = (context: readonly number[]) => {
  const p = probabilities(context)
  return p.indexOf(Math.max(...p))
}

test('the same seed draws the same tokens, another one others', async () => {
  const sampler = model.sampler()
  const first = await draw(sampler, { length: 40, seed: 7 })
  expect(first).toHaveLength(40)
  expect(await draw(sampler, { length: 40, seed: 7 })).toEqual(first)
  expect(await draw(model.sampler(), { length: 40, seed: 7 })).toEqual(first)
  expect(await draw(sampler, { length: 40, seed: 8 })).not.toEqual(first)
})

test.each([{ temperature: 0 }, { topK: 1 }])('%o takes the likeliest token each time', async (options) => {
  const drawn = await draw(model.sampler(options), { length: 12 }, [3, 1])
  const context = [3, 1]
  for (const token of drawn) {
    expect(token).toBe(likeliest(context))
    context.push(token)
  }
})

test.each([
  ['as they are', {}, (p: number) => p],
  ['sharpened by a temperature', { temperature: 0.5 }, (p: number) => p ** 2],
  ['of the two likeliest', { topK: 2 }, (p: number, rank: number) => (rank < 2 ? p : 0)],
  // after these tokens the likeliest has less than 0.4, the two likeliest together more
  ['of the fewest that make 0.4', { topP: 0.4 }, (p: number, rank: number) => (rank < 2 ? p : 0)],
])('tokens are drawn with the probabilities %s', async (_, options, weigh) => {
  const sampler = model.sampler(options)
  const counts = new Array<number>(5).fill(0)
  const draws = 1500
  for (let seed = 0; seed < draws; seed++) {
    const [token] = await draw(sampler, { length: 1, seed }, [2, 4, 1])
    counts[token!]!++
  }
  const p = probabilities([2, 4, 1])
  const ranks = p.map((mine) => p.filter((other) => other > mine).length)
  const weights = p.map((mine, token) => weigh(mine, ranks[token]!))
  const total = weights.reduce((a, b) => a + b)
  for (const [token, weight] of weights.entries()) {
    const expected = weight / total
    const deviation = Math.sqrt((expected * (1 - expected)) / draws)
    expect(Math.abs(counts[token]! / draws - expected)).toBeLessThan(4.5 * deviation + 1e-9)
  }
})

test('drawing stops before the token to stop at, and at length 0 at once', async () => {
  const sampler = model.sampler()
  const all = await draw(sampler, { length: 60, seed: 1 })
  const stop = all[10]!
  expect(await draw(sampler, { length: 60, seed: 1, stop })).toEqual(all.slice(0, all.indexOf(stop)))
  expect(await draw(sampler, { length: 0 })).toEqual([])
})

test('a text goes on from its primer; without one it begins as after an empty line', async () => {
  const tokenizer = characters.train('\nabcd')
  const sampler = model.sampler()
  const text = async (options: { seed: number; primer?: string }) =>
    (await list(sampler.text(params, tokenizer, { length: 20, ...options }))).join('')
  const ids = await draw(sampler, { length: 20, seed: 3 }, [2, 3])
  expect(await text({ seed: 3, primer: 'bc' })).toBe(tokenizer.decode(ids))
  expect(await text({ seed: 3 })).toBe(await text({ seed: 3, primer: '\n\n' }))
  expect([...(await text({ seed: 3 }))]).toHaveLength(20)
})

test('a word begins after the token start and ends before the token end', async () => {
  const tokenizer = characterTokenizer(['a', 'b', 'c'], ['start', 'end'])
  const sampler = model.sampler()
  const word = await list(sampler.text(params, tokenizer, { length: 50, seed: 2 }))
  const ids = await draw(sampler, { length: 50, seed: 2, stop: 4 }, [3])
  expect(word.join('')).toBe(tokenizer.decode(ids))
})

test('without a line end in the vocabulary the seed chooses the first token', async () => {
  const tokenizer = characters.train('abcde')
  const text = async (seed: number) =>
    (await list(model.sampler({ temperature: 0 }).text(params, tokenizer, { length: 8, seed }))).join('')
  expect(await text(1)).toBe(await text(1))
  const texts = new Set(await Promise.all([1, 2, 3, 4, 5, 6].map(text)))
  expect(texts.size).toBeGreaterThan(1)
})

test.each([
  [{ temperature: -1 }, /temperature is -1/],
  [{ temperature: NaN }, /temperature is NaN/],
  [{ topK: 0 }, /topK is 0/],
  [{ topP: 0 }, /topP is 0; it must be a number above 0/],
  [{ topP: 1.5 }, /topP is 1.5; it must be a number above 0, up to 1/],
  [{ repetitionPenalty: 0 }, /repetitionPenalty is 0/],
])('%o is refused', (options, message) => {
  expect(() => model.sampler(options)).toThrow(message)
})

test('an empty primer, strange tokens and a strange length are refused', async () => {
  const sampler = model.sampler()
  await expect(draw(sampler, { length: 3 }, [])).rejects.toThrow(/primer is empty/)
  await expect(draw(sampler, { length: 3 }, [0, 5])).rejects.toThrow(/token 5/)
  await expect(draw(sampler, { length: -1 })).rejects.toThrow(/length is -1/)
  const tokenizer = characters.train('\nabcd')
  const text = list(sampler.text(params, tokenizer, { length: 3, primer: 'xyz' }))
  await expect(text).rejects.toThrow(/"x"/)
})

test('what was there before is penalised, as the formula says', async () => {
  const penalty = 3
  const drawn = await draw(
    model.sampler({ repetitionPenalty: penalty, temperature: 0 }),
    { length: 10 },
    [2, 2],
  )
  const context = [2, 2]
  for (const token of drawn) {
    const { logits } = model.apply(params, tensor(Int32Array.from(context), { shape: [1, context.length] }))
    const lower = Array.from(logits.dataSync().slice(-5), (logit, id) => {
      if (!context.includes(id)) return logit
      return logit < 0 ? logit * penalty : logit / penalty
    })
    expect(token).toBe(lower.indexOf(Math.max(...lower)))
    context.push(token)
  }
  expect(drawn).not.toEqual(await draw(model.sampler({ temperature: 0 }), { length: 10 }, [2, 2]))
})

test('several continuations are drawn at once, each to its own end', async () => {
  const sampler = model.sampler()
  const options = { length: 30, seed: 5, count: 6 }
  const rows = await sampler.many(params, [1, 2], options)
  expect(new Set(rows.map(String)).size).toBe(6)
  expect(rows.every(({ length }) => length === 30)).toBe(true)
  const stopped = await sampler.many(params, [1, 2], { ...options, stop: 3 })
  expect(stopped).toEqual(rows.map((row) => row.slice(0, row.includes(3) ? row.indexOf(3) : 30)))
  await expect(sampler.many(params, [1], { ...options, count: 0 })).rejects.toThrow(/count is 0/)
})

test('texts end before strings, one by one and at once', async () => {
  const tokenizer = characters.train('\nabcd')
  const sampler = model.sampler()
  const options = { length: 40, seed: 2, primer: 'ab' }
  const whole = (await list(sampler.text(params, tokenizer, options))).join('')
  const stops = [whole.slice(11, 13), 'zz']
  const cut = whole.slice(0, whole.indexOf(stops[0]!))
  expect((await list(sampler.text(params, tokenizer, { ...options, stops }))).join('')).toBe(cut)
  const texts = await sampler.texts(params, tokenizer, { ...options, count: 3 })
  const ended = await sampler.texts(params, tokenizer, { ...options, count: 3, stops })
  expect(ended).toEqual(texts.map((text) => text.split(stops[0]!)[0]))
})

test('the next token has the probabilities of the model, read at once or bit by bit', async () => {
  const whole = await model.next(params, [2, 4, 1])
  const expected = probabilities([2, 4, 1])
  whole.probabilities.forEach((p, token) => expect(p).toBeCloseTo(expected[token]!, 5))
  const { state } = await model.next(params, [2, 4])
  const last = await model.next(params, [1], state)
  expect(Array.from(last.probabilities)).toEqual(Array.from(whole.probabilities))
  await expect(model.next(params, [])).rejects.toThrow(/there are no tokens/)
  await expect(model.next(params, [5])).rejects.toThrow(/from 0 to 4/)
})
