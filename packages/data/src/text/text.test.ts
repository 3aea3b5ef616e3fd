import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeText } from './text.js'

const changed = (bytes: Uint8Array) =>
  Object.fromEntries(decodeText(bytes).changes.map((change) => [change.step, change.changed]))

test('a byte order mark, line ends and invalid bytes are treated and reported', () => {
  const bytes = Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0x0d, 0x0a, 0xff, 0x0d, 0x62, 0x0a, 0xe4, 0xbd)
  expect(decodeText(bytes)).toEqual({
    text: 'a\n\uFFFD\nb\n\uFFFD',
    changes: [
      { step: 'byte-order-mark', changed: 1, unit: 'marks' },
      { step: 'invalid-utf8', changed: 2, unit: 'sequences' },
      { step: 'line-ends', changed: 2, unit: 'line ends' },
    ],
  })
})

test('lineEnds keep leaves them', () => {
  expect(decodeText(new TextEncoder().encode('a\r\nb'), { lineEnds: 'keep' }).text).toBe('a\r\nb')
})

test('only the first mark is a mark', () => {
  expect(decodeText(new TextEncoder().encode('\uFEFF\uFEFFa')).text).toBe('\uFEFFa')
})

test('a replacement character that was in the file is not counted as invalid', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('\uFFFD', 'a', '\uF000', '\u00ff', '字', '👍')), (parts) => {
      const bytes = new TextEncoder().encode(parts.join(''))
      expect(changed(bytes)['invalid-utf8']).toBe(0)
    }),
  )
})

test('well-formed text without carriage returns comes back as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      fc.pre(!text.includes('\r') && !text.startsWith('\uFEFF'))
      expect(decodeText(new TextEncoder().encode(text)).text).toBe(text)
    }),
  )
})

test('any bytes that do not begin as UTF-16 are decoded, and reported when they are not UTF-8', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      fc.pre(!(bytes[0] === 0xff && bytes[1] === 0xfe) && !(bytes[0] === 0xfe && bytes[1] === 0xff))
      expect(changed(bytes)['invalid-utf8']! > 0).toBe(!isValid(bytes))
    }),
    { numRuns: 500 },
  )
})

function isValid(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

test('UTF-16 is refused by name', () => {
  expect(() => decodeText(Uint8Array.of(0xff, 0xfe, 0x61, 0), { name: '"book.txt"' })).toThrow(
    '"book.txt" is UTF-16, but UTF-8 is expected; save it as UTF-8 first.',
  )
})
