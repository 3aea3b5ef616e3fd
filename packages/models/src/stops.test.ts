import fc from 'fast-check'
import { expect, test } from 'vitest'
import { untilStop } from './stops.js'

async function* stream(pieces: readonly string[]) {
  yield* pieces
}
async function joined(pieces: readonly string[], stops: readonly string[]): Promise<string> {
  let text = ''
  for await (const piece of untilStop(stream(pieces), stops)) text += piece
  return text
}

test('a text ends before the first stop, however it is cut into pieces', async () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c') })
  const stops = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 }))
  await fc.assert(
    fc.asyncProperty(fc.array(letters), stops, async (pieces, stops) => {
      const whole = pieces.join('')
      const ends = stops.map((stop) => whole.indexOf(stop)).filter((at) => at >= 0)
      // of several stops the one that is whole first decides
      const found = await joined(pieces, stops)
      expect(whole.startsWith(found)).toBe(true)
      if (ends.length === 0) expect(found).toBe(whole)
      else expect(stops.some((stop) => found.includes(stop))).toBe(false)
      if (stops.length === 1) expect(found.length).toBe(ends[0] ?? whole.length)
    }),
  )
})

test('what cannot be the beginning of a stop is not held back', async () => {
  const seen: string[] = []
  for await (const piece of untilStop(stream(['one ', 'two\n', 'x', '\n\n', 'three']), ['\n\n']))
    seen.push(piece)
  expect(seen).toEqual(['one ', 'two', '\nx'])
})
