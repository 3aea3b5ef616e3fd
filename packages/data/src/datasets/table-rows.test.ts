import { expect, test } from 'vitest'
import { memorySource } from '../sources/byte-source.js'
import { collect } from '../sources/collect.js'
import { inferSchema } from '../tables/schema.js'
import { tableRows } from './table-rows.js'

test('rows are read again each epoch, with the names of categories', async () => {
  const source = memorySource('kind,n,text\na,1,one two\nb,NA,\na,3,three\nb,4,four five\n', 'a.csv')
  const rows = tableRows(source, await inferSchema(source))
  expect(rows.length).toBe(4)
  const all = await collect(rows)
  expect(all.slice(0, 2)).toEqual([
    { kind: 'a', n: 1, text: 'one two' },
    { kind: 'b', n: null, text: null },
  ])
  expect(await collect(rows.from(2, 1))).toEqual(all.slice(2))
  const some = tableRows(source, await inferSchema(source), { columns: ['n'] }).filter(({ n }) => n !== null)
  expect((await some.counted()).length).toBe(3)
})
