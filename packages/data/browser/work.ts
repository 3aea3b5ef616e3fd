import {
  batchesFrom,
  blobSource,
  calendarFeatures,
  describeSchema,
  imageSequences,
  inferSchema,
  readIdx,
  readTable,
  resample,
  tableRows,
  workerBatches,
} from '../src/index.js'

const csv = `at,load,pump,note
2024-03-31T00:30,1.5,on,"a ""b"", c"
2024-03-31T03:30,NA,off,é
2024-03-31T04:30,2,on,
2024-03-31T05:10,4,off,日本
`

/** Two images of 1 × 2 bytes, packed by gzip: 0, 51 and 102, 255. */
const images = 'H4sIAAAAAAACA2Ng4GBmYGBgAmJGMG2c9h8ACORxfhQAAAA='

/** A module for a worker: it makes batches of numbers. */
const module = `data:text/javascript,export default ({ scale }) => ({
  batchesPerEpoch: 2,
  batch: ({ epoch, batch }) => ({ x: Float32Array.of(scale * epoch, batch) }),
})`

/** Does what people do with data: the same in every engine, from files as a page is given them. */
export async function work() {
  const source = blobSource(new File([csv], 'load.csv'))
  const schema = await inferSchema(source, { timeZone: 'Europe/Berlin', types: { pump: 'category' } })
  const table = await readTable(source, schema)
  const hourly = resample(table, { time: 'at', every: '2h', by: 'max' })
  const times = table.columns[0]!.values as Float64Array
  const rows: unknown[] = []
  for await (const row of tableRows(source, schema).shuffle({ seed: 1, buffer: 3 })) rows.push(row)
  const broken = await readTable(blobSource(new File(['a\n"1"2\n'], 'b.csv'))).catch(
    (error: Error) => error.message,
  )

  const packed = Uint8Array.from(atob(images), (character) => character.charCodeAt(0))
  const pixels = await readIdx(blobSource(new File([packed], 'a.gz')))
  const sequences: unknown[] = []
  for await (const { x, y } of imageSequences(pixels, { shape: [2], values: Uint8Array.of(3, 4) }, 'pixel')) {
    sequences.push([Array.from(x as Float32Array), y])
  }

  const batches = await workerBatches<{ x: Float32Array }>(new URL(module), { options: { scale: 10 } })
  const made: number[][] = []
  for (const { batch, next } of batchesFrom(batches)) {
    made.push([...(await batch).x])
    if (next.epoch === 2) break
  }
  batches.close()
  return {
    schema: describeSchema(schema),
    columns: table.columns.map(({ values }) => Array.from<unknown>(values).map(String)),
    hourly: hourly.columns.map(({ values }) => Array.from<unknown>(values).map(String)),
    calendar: [...calendarFeatures(times, ['hourOfDay'], 'Europe/Berlin').values].map((value) =>
      value.toFixed(9),
    ),
    rows,
    broken,
    sequences,
    made,
  }
}
