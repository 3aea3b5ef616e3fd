import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memorySource, type ByteSource } from '../sources/byte-source.js'
import { collect } from '../sources/collect.js'
import { formatCsvRow, readCsv, type CsvOptions } from './csv.js'

const read = async (source: ByteSource, options?: CsvOptions) => {
  const { names, blocks } = await readCsv(source, options)
  return { names, rows: (await collect(blocks)).flat() }
}
const text = (content: string, options?: CsvOptions) => read(memorySource(content, 'a.csv'), options)

const field = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\t', '\n', '\r', ' ', 'é', '日', '😀', '\uFEFF') }),
  fc.double().map(String),
)
const tables = fc.integer({ min: 1, max: 4 }).chain((width) => {
  const row = fc.array(field, { minLength: width, maxLength: width })
  const names = Array.from({ length: width }, (_, i) => `n${i}`)
  return fc.record({ names: fc.constant(names), rows: fc.array(row, { maxLength: 12 }) })
})

test('what is written is read again, whatever stands in the fields', async () => {
  const options = { delimiter: fc.constantFrom(',', '\t', ';'), end: fc.constantFrom('\n', '\r\n') }
  await fc.assert(
    fc.asyncProperty(tables, fc.record(options), fc.boolean(), async ({ names, rows }, options, isEnded) => {
      const { delimiter, end } = options
      const content = [names, ...rows].map((row) => formatCsvRow(row, delimiter)).join(end)
      const found = await text(content + (isEnded ? end : ''), { delimiter })
      expect(found.names).toEqual(names)
      expect(found.rows.map(({ cells }) => cells)).toEqual(rows)
    }),
  )
})

test('where the pieces that are read end does not matter', async () => {
  const cells = fc.array(field, { minLength: 2, maxLength: 2 })
  const rows = fc.array(cells, { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(rows, fc.nat(80), fc.constantFrom('\n', '\r\n'), async (rows, back, end) => {
      // the first row ends shortly before the first 64 KiB do
      const filler = ['x'.repeat(2 ** 16 - back - 20), '日']
      const lines = [['a', 'b'], filler, ...rows].map((row) => formatCsvRow(row))
      const found = await text(lines.join(end))
      expect(found.rows.map(({ cells }) => cells)).toEqual([filler, ...rows])
    }),
  )
})

test('lines are counted through fields that go over them', async () => {
  const { rows } = await text('a,b\n1,"x\ny\r\nz"\r\n\n2,""\n')
  expect(rows).toEqual([
    { line: 2, cells: ['1', 'x\ny\r\nz'] },
    { line: 6, cells: ['2', ''] },
  ])
})

test.each([
  ['a;b\n1,5;2\n2,5;3\n', ['a', 'b']],
  ['a\tb c\n1\t2\n', ['a', 'b c']],
  ['\uFEFFa|b\n1|2\n', ['a', 'b']],
  ['words\nx\ny\n', ['words']],
])('the delimiter of %j is found', async (content, names) => {
  expect((await text(content)).names).toEqual(names)
})

test('a file without names has numbered columns', async () => {
  const { names, rows } = await text('1,2\n3,4\n', { header: false })
  expect(names).toEqual(['column1', 'column2'])
  expect(rows.map(({ cells }) => cells)).toEqual([
    ['1', '2'],
    ['3', '4'],
  ])
})

test.each([
  ['', 'a.csv is empty; give a file with a line of names and rows below it.'],
  [
    'a,b\n1,2\n3\n',
    'a.csv, line 3, column 2: the row has 1 fields, but the line of names has 2; correct the row, or put fields with "," in them in quotes.',
  ],
  [
    'a,b\n"x\ny",2\n3,4,5\n',
    'a.csv, line 4, column 3: the row has 3 fields, but the line of names has 2; correct the row, or put fields with "," in them in quotes.',
  ],
  ['a,b\n1,"2\n3,4\n', 'a.csv, line 2: a quote is opened in this row and never closed; close it.'],
  [
    'a,b\n1,2\n1,"2"3\n',
    'a.csv, line 3, column 2: the field begins with a quote that is closed before its end; write a quote within quotes twice.',
  ],
  ['a,b,a\n1,2,3\n', 'a.csv, line 1, column 3: the name "a" comes twice; give columns different names.'],
  ['a,,b\n1,2,3\n', 'a.csv, line 1, column 2: the column has no name; give it one.'],
])('%j is refused', async (content, message) => {
  await expect(text(content)).rejects.toThrow(message)
})

test('a row is refused before it fills the memory', async () => {
  const long = 'x'.repeat(70_000)
  await expect(text(`a\n${long}\n`, { longestRow: 1000 })).rejects.toThrow(
    'a.csv, line 2: the line has more than 1000 bytes, the most that a line may have; break it, or see that the file is text.',
  )
  await expect(text(`a\n"${'x\n'.repeat(40_000)}"\n`, { longestRow: 1000 })).rejects.toThrow(
    'a.csv, line 2: the row has more than 1000 characters, the most that a row may have; see that its quotes are closed.',
  )
  const wide = Array.from({ length: 5000 }, (_, i) => `n${i}`).join(',')
  await expect(text(`${wide}\n`)).rejects.toThrow(
    'a.csv, line 1: there are 5000 columns, but at most 4096 are read; see that the file is a table.',
  )
})

test('bytes that are not UTF-8 are named by their line', async () => {
  const bytes = Uint8Array.of(
    ...new TextEncoder().encode('a\nb\nc'),
    0xe9,
    ...new TextEncoder().encode('\nd\n'),
  )
  await expect(read(memorySource(bytes, 'a.csv'))).rejects.toThrow(
    'a.csv, line 3: the line is not UTF-8; save the file as UTF-8 first.',
  )
  await expect(read(memorySource(Uint8Array.of(0xff, 0xfe, 97, 0), 'a.csv'))).rejects.toThrow(
    'a.csv is UTF-16, but UTF-8 is expected; save it as UTF-8 first.',
  )
})
