import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memorySource } from '../sources/byte-source.js'
import { dropMissing, numberColumn, sliceTable, takeRows, textColumn } from './columns.js'
import { formatCsvRow } from './csv.js'
import { describeSchema, inferSchema, parseSchema, type InferOptions } from './schema.js'
import { readTable, type TableOptions } from './table.js'

const infer = (content: string, options?: InferOptions) =>
  inferSchema(memorySource(content, 'a.csv'), options)
const read = async (content: string, options: InferOptions & TableOptions = {}) => {
  const { columns, mostBytes, ...rest } = options
  return readTable(memorySource(content, 'a.csv'), await infer(content, rest), {
    ...(columns && { columns }),
    ...(mostBytes && { mostBytes }),
  })
}
const typeOf = async (values: readonly string[]) =>
  (await infer(`x\n${values.map((value) => formatCsvRow([value])).join('\n')}`)).columns[0]!.type

test.each([
  [['1', '-2', '+3', '007', 'NA', ''], 'integer'],
  [['1', '2.5', '.5', '1e-3', 'NaN'], 'number'],
  [['1', '9007199254740993'], 'number'],
  [['true', 'FALSE', 'NA'], 'boolean'],
  [['2024-01-31', '2024-02-01 12:00', ''], 'time'],
  [['31.12.2023', '1.2.2024'], 'time'],
  [['12/31/2023', '1/2/2024'], 'time'],
  // nothing says which is the month
  [['1/2/2024', '2/3/2024'], 'text'],
  [['a', 'b', 'a', 'b'], 'category'],
  [['a', 'b', 'c', 'a'], 'text'],
  [['1', '2', 'x', 'x'], 'text'],
  [['1e999', '1'], 'text'],
  [['NA', ''], 'text'],
] as const)('%j is of type %s', async (values, type) => {
  expect(await typeOf(values)).toBe(type)
})

test('types are shown, saved and read back', async () => {
  const schema = await infer(
    'when,n,kind,note\n2024-01-01,1,a,x\n2024-01-02,NA,b,\n2024-01-03,3,a,y\n2024-01-04,3,b,z\n',
  )
  expect(describeSchema(schema)).toBe(
    [
      '4 rows, 4 columns',
      'when  time      2024-01-01T00:00:00.000Z to 2024-01-04T00:00:00.000Z',
      'n     integer   1 to 3, 1 missing',
      'kind  category  2: "a", "b"',
      'note  text      1 missing',
    ].join('\n'),
  )
  expect(parseSchema(JSON.parse(JSON.stringify(schema)))).toEqual(schema)
  expect(() => parseSchema({ rows: 1 })).toThrow(
    'A table schema must have rows, columns, missing and timeZone as they were saved, but it is {"rows":1}.',
  )
})

test('numbers written in any column are read again as they were', async () => {
  const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(NaN))
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(number, number), { minLength: 1 }), async (rows) => {
      const field = (value: number) => (Number.isNaN(value) ? 'NA' : value)
      const content = ['a,b', ...rows.map((row) => formatCsvRow(row.map(field)))].join('\n')
      const table = await read(content, { types: { a: 'number', b: 'number' } })
      expect(table.columns.map(({ values }) => [...values])).toEqual([
        rows.map(([a]) => a + 0),
        rows.map(([, b]) => b + 0),
      ])
    }),
  )
})

test('a type that is given stands, and a value of another is named by its place', async () => {
  expect((await read('zip\n00501\n00502\n', { types: { zip: 'text' } })).columns[0]!.values).toEqual([
    '00501',
    '00502',
  ])
  await expect(read('x\n1\ntwo\n', { types: { x: 'number' } })).rejects.toThrow(
    'a.csv, line 3, column "x": "two" is no number; correct it, mark it as missing, or read the column as text.',
  )
  await expect(infer('x\n1\n', { types: { y: 'number' } })).rejects.toThrow(
    'a.csv has no column "y"; its columns are "x".',
  )
  await expect(infer('x\nsoon\n', { types: { x: 'time' } })).rejects.toThrow(
    'a.csv, column "x" cannot be of type time: its values are not all written as times in one way.',
  )
})

test('another table is read as the first, and a category it does not know is missing', async () => {
  const schema = await infer('kind,n\na,1\nb,2\na,3\nb,4\n')
  const table = await readTable(memorySource('n,kind,more\n5,b,x\n6,c,y\n', 'b.csv'), schema)
  expect(table.columns.map(({ name, values }) => [name, ...values])).toEqual([
    ['kind', 1, NaN],
    ['n', 5, 6],
  ])
  expect(textColumn(table, 'kind').values).toEqual(['b', null])
  await expect(readTable(memorySource('n\n1\n', 'b.csv'), schema)).rejects.toThrow(
    'b.csv has no column "kind"; its columns are "n".',
  )
  expect((await readTable(memorySource('n\n1\n', 'b.csv'), schema, { columns: ['n'] })).rows).toBe(1)
})

test('a table that would not fit is refused while it is read', async () => {
  await expect(read(`x\n${'1\n'.repeat(100_000)}`, { mostBytes: 10_000 })).rejects.toThrow(
    /^a\.csv: the first \d+ rows take \d+ bytes of memory, more than the 10000 allowed; read fewer columns, or read the rows as a data set\.$/,
  )
})

test('rows are sliced, taken and dropped in all columns alike', async () => {
  const table = await read('n,t\n1,a b\n,c d\n3,\n4,e f\n')
  const values = (some: typeof table) => some.columns.map(({ values }) => [...values])
  expect(values(sliceTable(table, 1, 3))).toEqual([
    [NaN, 3],
    ['c d', null],
  ])
  expect(values(takeRows(table, [3, 0]))).toEqual([
    [4, 1],
    ['e f', 'a b'],
  ])
  expect(values(dropMissing(table))).toEqual([
    [1, 4],
    ['a b', 'e f'],
  ])
  expect(dropMissing(table, ['n']).rows).toBe(3)
  expect(() => numberColumn(table, 't')).toThrow(
    'The table: the column "t" is of text; give it another type, or leave it out.',
  )
  expect(() => textColumn(table, 'n')).toThrow(
    'The table: the column "n" is of type integer; read it as text, or name another.',
  )
})
