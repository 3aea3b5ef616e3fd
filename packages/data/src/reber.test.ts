import fc from 'fast-check'
import { expect, test } from 'vitest'
import { firstCursor } from './batches.js'
import { mulberry32 } from './random.js'
import { reberBatches, reberFloor, reberString, reberSymbols, reberTokens } from './reber.js'

/** Reber's grammar as a regular expression; the part after its V is reached on two ways. */
const afterV = '(PXT*V)*(V|PS)'
const reber = new RegExp(`^B(TS*X(S|XT*V${afterV})|PT*V${afterV})E$`)

test('strings are of the grammar, and their last but one symbol repeats the second', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const { text } = reberString(mulberry32(seed))
      expect(text.slice(2, -2)).toMatch(reber)
      expect(text[0]! + text.at(-1)!).toBe('BE')
      expect(text.at(-2)).toBe(text[1])
    }),
  )
})

test('the successors are those that come, and their choices make the floor', () => {
  const random = mulberry32(3)
  const strings = Array.from({ length: 20_000 }, () => reberString(random))
  let nats = 0
  const seen = new Map<string, number>()
  for (const { text, successors } of strings) {
    expect(successors).toHaveLength(text.length - 1)
    successors.forEach((choices, t) => {
      const next = text[t + 1]!
      if (!choices.includes(next)) throw new Error(`${next} comes after ${text.slice(0, t + 1)}`)
      if (choices.length === 2) seen.set(choices + next, (seen.get(choices + next) ?? 0) + 1)
      nats += Math.log(choices.length)
    })
  }
  expect(Math.abs(nats / strings.length - reberFloor)).toBeLessThan(0.05)
  for (const [choice, count] of seen) {
    const [a, b, next] = choice as unknown as [string, string, string]
    expect(count / (count + seen.get(a + b + (next === a ? b : a))!)).toBeCloseTo(0.5, 1)
  }
})

test('batches hold the strings, with the next symbol as target', () => {
  const { x, y, shape, lengths, fresh } = reberBatches({ batchSize: 50, seed: 1 }).batch(firstCursor)
  expect(fresh).toBe(true)
  expect(shape[1] % 16).toBe(0)
  lengths.forEach((length, row) => {
    const [input, target] = [x, y].map((ids) => ids.subarray(row * shape[1], row * shape[1] + length))
    const text = Array.from(input!, (id) => reberSymbols[id]).join('') + 'E'
    expect(text.slice(2, -2)).toMatch(reber)
    expect(target).toEqual(reberTokens(text).subarray(1))
  })
  const at = (seed: number, batch: number) =>
    reberBatches({ batchSize: 9, seed }).batch({ epoch: 0, batch }).x
  expect(at(1, 3)).toEqual(at(1, 3))
  expect(at(1, 3)).not.toEqual(at(1, 4))
  expect(at(1, 3)).not.toEqual(at(2, 3))
})
