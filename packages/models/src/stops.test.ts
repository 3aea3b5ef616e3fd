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

const letters = (constraints: { minLength?: number; maxLength?: number }) =>
  fc.string({ unit: fc.constantFrom('a', 'b', 'c'), ...constraints })

test('a text ends before its stop, however it is cut into pieces', async () => {
  const stop = letters({ minLength: 1, maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(fc.array(letters({})), stop, async (pieces, stop) => {
      expect(await joined(pieces, [stop])).toBe(pieces.join('').split(stop)[0])
    }),
  )
})

test('with several stops a text has none of them, and is whole where there was none', async () => {
  const stops = fc.array(letters({ minLength: 1, maxLength: 4 }))
  await fc.assert(
    fc.asyncProperty(fc.array(letters({})), stops, async (pieces, stops) => {
      const whole = pieces.join('')
      const found = await joined(pieces, stops)
      expect(whole.startsWith(found)).toBe(true)
      expect(stops.some((stop) => found.includes(stop))).toBe(false)
      expect(found === whole).toBe(!stops.some((stop) => whole.includes(stop)))
    }),
  )
})

test('what cannot be the beginning of a stop is not held back', async () => {
  const seen: string[] = []
  for await (const piece of untilStop(stream(['one ', 'two\n', 'x', '\n\n', 'three']), ['\n\n']))
    seen.push(piece)
  expect(seen).toEqual(['one ', 'two', '\nx'])
})
