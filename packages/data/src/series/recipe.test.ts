import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sharedFolder } from '../../../../scripts/shared.js'
import { memorySource } from '../sources/byte-source.js'
import { sliceTable } from '../tables/columns.js'
import { describeSchema, inferSchema, type InferOptions } from '../tables/schema.js'
import { readTable } from '../tables/table.js'
import { parseRecipe } from './parse-recipe.js'
import { decodeTargets, encodeSeries, fitSeries } from './recipe.js'
import { seriesWindows } from './windows.js'

const table = async (content: string, types: InferOptions['types'] = {}) => {
  const source = memorySource(content, 'a.csv')
  return readTable(source, await inferSchema(source, { types }))
}

test('numbers are scaled, categories spread, gaps filled and marked, and the calendar added', async () => {
  const read = await table(
    'day,y,wind,note\n2024-01-01,1,N,a b\n2024-01-02,NA,S,c\n2024-01-03,3,N,d\n2024-01-04,5,?,e\n',
    { wind: 'category' },
  )
  const recipe = fitSeries(sliceTable(read, 0, 3), {
    targets: ['y'],
    time: 'day',
    calendar: ['dayOfWeek'],
    mask: true,
  })
  const series = encodeSeries(JSON.parse(JSON.stringify(recipe)), read)
  const row = (i: number) => [...series.inputs.subarray(i * 6, (i + 1) * 6)]
  expect(series.inputNames).toEqual(['y', 'y.known', 'wind=N', 'wind=S', 'dayOfWeek.sin', 'dayOfWeek.cos'])
  expect(row(0)).toEqual([-1, 1, 1, 0, 0, 1])
  expect(row(1).slice(0, 4)).toEqual([-1, 0, 0, 1])
  // 5 was not in the training data, whose mean is 2 and whose deviation 1
  expect(row(3).slice(0, 4)).toEqual([3, 1, 0, 0])
  expect([...series.known]).toEqual([1, 0, 1, 1])
  expect([...decodeTargets(recipe, series.targets)]).toEqual([1, 1, 3, 5])
})

test('irregular times are told to cells, and a saved recipe is read back', async () => {
  const read = await table('at,y\n2024-01-01T00:00,1\n2024-01-01T01:00,2\n2024-01-01T03:30,4\n')
  const recipe = fitSeries(read, { targets: ['y'], time: 'at', elapsed: 'hour', scaler: 'min-max' })
  const { inputNames, inputs } = encodeSeries(parseRecipe(JSON.parse(JSON.stringify(recipe))), read)
  expect(inputNames).toEqual(['y', 'elapsed'])
  expect([...inputs]).toEqual([0, 0, 1 / 3, 1, 1, 2.5])
  expect(() => parseRecipe({ ...recipe, calendar: ['moon'] })).toThrow(
    'A series recipe must be as fitSeries made it, but its calendar is ["moon"]; train again.',
  )
  expect(() => parseRecipe({ ...recipe, means: [] })).toThrow(
    'A series recipe must have a scale and a mean for each of its 1 numbers, the targets first; train again.',
  )
})

test('what comes later changes nothing before it', async () => {
  const number = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constant('NA'))
  const rows = fc.array(fc.tuple(number, number), { minLength: 12, maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(rows, rows, fc.nat(10), fc.boolean(), async (rows, others, cut, mask) => {
      const types = { y: 'number', z: 'number' } as const
      const content = (rows: readonly (readonly unknown[])[]) =>
        [
          'at,y,z',
          '2000-01-01,1,2',
          ...rows.map((row, i) => [new Date((i + 20_000) * 86_400_000).toISOString(), ...row].join(',')),
        ].join('\n')
      const changed = [...rows.slice(0, cut), ...others.slice(cut, rows.length)]
      const recipe = fitSeries(await table('at,y,z\n2000-01-01,1,2\n2000-01-02,5,NA\n', types), {
        targets: ['y'],
        time: 'at',
        elapsed: 'day',
        calendar: ['dayOfWeek'],
        mask,
      })
      const [before, after] = [
        encodeSeries(recipe, await table(content(rows), types)),
        encodeSeries(recipe, await table(content(changed), types)),
      ]
      const known = (cut + 1) * before.inputNames.length
      expect(before.inputs.slice(0, known)).toEqual(after.inputs.slice(0, known))
      expect(before.inputs.every(Number.isFinite)).toBe(true)
    }),
  )
})

test('what cannot become a series is refused', async () => {
  const read = await table('day,y,note\n2024-01-02,1,a b\n2024-01-01,2,c\n')
  expect(() => fitSeries(read, { targets: ['z'] })).toThrow(
    'fitSeries has no column "z"; its columns are "day", "y", "note".',
  )
  expect(() => fitSeries(read, { targets: ['note'] })).toThrow(
    'fitSeries: the column "note" is of text; give it another type, or leave it out.',
  )
  expect(() => fitSeries(read, { targets: ['y'], time: 'day' })).toThrow(
    'fitSeries: the time in row 1 of the column "day" is not after the one before it; sort the rows, each with its own time.',
  )
  expect(() => fitSeries(read, { targets: ['y'], calendar: ['dayOfWeek'] })).toThrow(
    'fitSeries: the calendar needs the column of times; name it as time.',
  )
})

const pollution = join(sharedFolder, 'data/timeseries/pollution.csv')

test.skipIf(!existsSync(pollution))('the hours of Beijing become windows', async () => {
  const source = memorySource(readFileSync(pollution), 'pollution.csv')
  const schema = await inferSchema(source)
  expect(describeSchema(schema).split('\n')).toEqual(
    expect.arrayContaining([
      '43824 rows, 13 columns',
      'pm2.5  integer   0 to 994, 2067 missing',
      'cbwd   category  4: "NE", "NW", "SE", "cv"',
    ]),
  )
  const read = await readTable(source, schema, { columns: ['pm2.5', 'TEMP', 'cbwd'] })
  const recipe = fitSeries(sliceTable(read, 0, 35_000), { targets: ['pm2.5'] })
  const series = encodeSeries(recipe, read)
  expect(series.inputNames).toEqual(['pm2.5', 'TEMP', 'cbwd=NE', 'cbwd=NW', 'cbwd=SE', 'cbwd=cv'])
  const windows = seriesWindows(series, { length: 24, horizon: 6, stride: 6, from: 35_000 })
  expect(windows.length).toBeGreaterThan(1300)
  expect(windows[0]!.x).toHaveLength(24)
  expect(windows[0]!.y).toHaveLength(6)
})
