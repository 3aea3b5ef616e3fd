import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findDuplicateKey } from './json-keys.js'

test.each([
  ['{"a":1,"b":2,"a":3}', 'a'],
  ['{"a":{"b":1, "b" :2}}', 'b'],
  [String.raw`{"a":1,"\u0061":2}`, 'a'],
  [String.raw`{"\"":1,"\\":2,"\"" : 3}`, '"'],
  ['[{"a":1},{"a":1,"c":[{"c":1}],"a":2}]', 'a'],
])('%s has a name twice', (json, key) => {
  expect(findDuplicateKey(json)).toBe(key)
})

test.each([
  '{"a":"a","b":["a","a"]}',
  '{"a":{"a":{"a":1}}}',
  '[{"a":1},{"a":2}]',
  String.raw`{"a":"\",\"a\":"}`,
  '3',
])('%s has none', (json) => {
  expect(findDuplicateKey(json)).toBeUndefined()
})

test('it ends on text that is no JSON, too', () => {
  expect(findDuplicateKey('{"a')).toBeUndefined()
  expect(findDuplicateKey('{"a\\')).toBeUndefined()
})

test('what JSON.stringify writes has none, and a name written again is found', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), (value) => {
      const json = JSON.stringify(value, null, 1)
      expect(findDuplicateKey(json)).toBeUndefined()
      const key = Object.keys(value).at(-1)!
      expect(findDuplicateKey(`${json.slice(0, -1)}, ${JSON.stringify(key)}:0}`)).toBe(key)
    }),
  )
})
