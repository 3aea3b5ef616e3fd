import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memorySource } from '../sources/byte-source.js'
import { collect } from '../sources/collect.js'
import { jsonErrorColumn } from './json-error-column.js'
import { jsonLines, readJsonLines } from './json-lines.js'

const text = (content: string) => memorySource(content, 'a.jsonl')
const read = async (content: string) => {
  const { names, blocks } = await readJsonLines(text(content))
  return { rows: (await collect(blocks)).flat(), names }
}

test('what is written as JSON Lines is read again, with the lines on which it stands', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue()), fc.constantFrom('\n', '\r\n', '\n\n'), async (values, end) => {
      const content = values.map((value) => JSON.stringify(value)).join(end)
      const found = (await collect(jsonLines(text(content)))).flat()
      expect(found.map(({ value }) => JSON.stringify(value))).toEqual(
        values.map((value) => JSON.stringify(value)),
      )
      expect(found.map(({ line }) => line)).toEqual(values.map((_, i) => 1 + i * (end === '\n\n' ? 2 : 1)))
    }),
  )
})

test('records become rows, and names may come late or not at all', async () => {
  expect(await read('{"a":1,"b":"x"}\n\n{"c":true}\n{"b":null,"__proto__":2}\n')).toEqual({
    names: ['a', 'b', 'c', '__proto__'],
    rows: [
      { line: 1, cells: [1, 'x'] },
      { line: 3, cells: [null, null, true] },
      { line: 4, cells: [null, null, null, 2] },
    ],
  })
})

test.each([
  ['{"a":1}\n[1]\n', 'a.jsonl, line 2: a line must be a record, such as {"x": 1}, but it is [1].'],
  [
    '{"a":{"b":1}}\n',
    'a.jsonl, line 1, column "a": a value must be a text, a number, true, false or null, but it is {"b":1}.',
  ],
  ['{"a":1}\n{"a":1,}\n', 'a.jsonl, line 2, column 8: the line is not JSON; write one record a line.'],
])('%j is refused', async (content, message) => {
  await expect(read(content)).rejects.toThrow(message)
})

test.each([
  ['{"a":1,}', 8],
  ['{"a" 1}', 6],
  ['{"a":tru}', 6],
  ['{"a":"x}', 6],
  ['[1 2]', 4],
  ['{"a":01}', 6],
  ['[1]]', 4],
  ['{"a":"\u0001"}', 6],
  ['{"a":1', 7],
  ['{1:2}', 2],
  ['["\\x"]', 2],
])('%s stops being JSON at column %i', (text, column) => {
  expect(() => JSON.parse(text)).toThrow(SyntaxError)
  expect(jsonErrorColumn(text)).toBe(column)
})

test('what is JSON is read to its end', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(jsonErrorColumn(text)).toBe(text.length + 1)
    }),
  )
})
