import type { ByteSource } from '../sources/byte-source.js'
import type { TableSchema } from '../tables/schema.js'
import { chosenColumns, typedRows, type TypedRowOptions } from '../tables/typed-rows.js'
import { datasetOf, makeDataset, type Dataset } from './dataset.js'

/** The values of a row by the names of their columns: numbers, texts, the names of categories, null where one is missing. */
export type TableRow = Readonly<Record<string, number | string | null>>

/**
 * The rows of a table of any size as a data set, read from the file again each epoch. Its length is that of the table for which the
 * schema was inferred: infer one for each file.
 *
 * @throws as `readTable` does, when a row is read.
 */
export function tableRows(
  source: ByteSource,
  schema: TableSchema,
  { columns: wanted, ...options }: TypedRowOptions = {},
): Dataset<TableRow> {
  const columns = chosenColumns(schema, wanted)
  const valueOf = (value: number | string | null, column: number) => {
    if (typeof value !== 'number') return value
    return Number.isNaN(value) ? null : (columns[column]!.categories?.[value] ?? value)
  }
  async function* rows(): AsyncGenerator<TableRow, void> {
    for await (const block of typedRows(source, schema, columns, options)) {
      for (const row of block) {
        yield Object.fromEntries(columns.map(({ name }, i) => [name, valueOf(row[i]!, i)]))
      }
    }
  }
  return makeDataset({ ...datasetOf(rows), length: schema.rows })
}
