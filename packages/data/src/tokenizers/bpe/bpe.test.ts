import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bpe } from './bpe.js'
import { mergeTable } from './apply-merges.js'
import { learnMerges, type Merge } from './learn-merges.js'

const pieces = fc.array(
  fc.tuple(fc.array(fc.nat({ max: 3 }), { maxLength: 12 }), fc.integer({ min: 1, max: 4 })),
  {
    maxLength: 8,
  },
)

/** The definition, word by word: count all pairs, take the best, replace it from the left, again. */
function learnSlowly(list: readonly (readonly [readonly number[], number])[], count: number): Merge[] {
  let current = list
  const merges: Merge[] = []
  while (merges.length < count) {
    const counts = new Map<string, [left: number, right: number, count: number]>()
    for (const [ids, weight] of current) {
      for (let i = 0; i + 1 < ids.length; i++) {
        const [left, right] = [ids[i]!, ids[i + 1]!]
        const before = counts.get(`${left} ${right}`)?.[2] ?? 0
        counts.set(`${left} ${right}`, [left, right, before + weight])
      }
    }
    const [best] = [...counts.values()].toSorted((a, b) => b[2] - a[2] || a[0] - b[0] || a[1] - b[1])
    if (best === undefined || best[2] < 2) break
    const merge: Merge = [best[0], best[1], 4 + merges.length]
    merges.push(merge)
    current = current.map(([ids, weight]) => [replaceFromLeft(ids, merge), weight])
  }
  return merges
}

function replaceFromLeft(ids: readonly number[], [left, right, id]: Merge): number[] {
  const result: number[] = []
  for (let i = 0; i < ids.length; i++) {
    const isPair = ids[i] === left && ids[i + 1] === right
    result.push(isPair ? id : ids[i]!)
    if (isPair) i++
  }
  return result
}

const learn = (list: readonly (readonly [readonly number[], number])[], count: number): Merge[] => {
  let made = 0
  return learnMerges({ pieces: list, isDone: () => made === count, minimumCount: 2, idOf: () => 4 + made++ })
}

test('the merges are those of the definition', () => {
  fc.assert(
    fc.property(pieces, fc.nat({ max: 12 }), (list, count) => {
      expect(learn(list, count)).toEqual(learnSlowly(list, count))
    }),
    { numRuns: 1000 },
  )
})

test('applying them all at once is applying them one after the other', () => {
  fc.assert(
    fc.property(pieces, fc.array(fc.nat({ max: 3 }), { maxLength: 40 }), (list, text) => {
      const merges = learn(list, 12)
      const ids = Int32Array.from(text)
      const count = mergeTable(merges).apply(ids, ids.length)
      expect([...ids.subarray(0, count)]).toEqual(merges.reduce<readonly number[]>(replaceFromLeft, text))
    }),
    { numRuns: 1000 },
  )
})

test('a text is joined as it was learned', () => {
  const tokenizer = bpe.train('low low lower lowest', { size: 259 })
  expect(tokenizer.size).toBe(259)
  expect([...tokenizer.encode('slow').ids]).toEqual([115, 257])
  expect(tokenizer.token(258)).toEqual(new TextEncoder().encode(' low'))
})

test('a merge that makes a known text shares its id unless told otherwise', () => {
  const text = 'a b '.repeat(20) + 'aaaaaaa aaaaaa aaaaa aaaa aaa aa '.repeat(9)
  const { tokens, merges } = bpe.train(text, { size: 300, split: 'none' }).toJSON() as unknown as {
    tokens: string[]
    merges: Merge[]
  }
  expect(new Set(tokens).size).toBe(tokens.length)
  expect(merges.every(([left, right, id]) => `${tokens[left]}${tokens[right]}` === tokens[id])).toBe(true)
})

test('training says how far it is, up to the end', () => {
  const done: number[] = []
  bpe.train('the cat and the hat', { size: 260, onProgress: (share) => done.push(share) })
  expect(done).toEqual([0.25, 0.5, 0.75, 1])
})

test.each([
  [{ size: 200 }, 'bpe: size must be a whole number of at least 256, but it is 200.'],
  [{ minimumCount: 0 }, 'bpe: minimumCount must be a whole number of at least 1, but it is 0.'],
  [{ added: ['x', 'x'] }, 'bpe: the added token "x" is listed twice.'],
  [{ added: [''] }, 'bpe: an added token must not be empty.'],
  [{ split: 'words' as 'gpt2' }, 'bpe: split must be one of gpt2, cl100k,'],
])('%j is refused', (options, message) => {
  expect(() => bpe.train('some text', options)).toThrow(message)
})
