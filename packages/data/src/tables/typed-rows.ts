import { TapeloopError } from '@tapeloop/core'
import { show } from '../check.js'
import type { ByteSource } from '../sources/byte-source.js'
import type { ColumnSchema } from './column-profile.js'
import { fieldReader, isMissing, type FieldContext } from './column-types.js'
import { placeOf, type Field } from './record.js'
import { openRows, type RowOptions } from './rows.js'
import { refuseName, type TableSchema } from './schema.js'

/** Which columns are read, and how. */
export interface TypedRowOptions extends RowOptions {
  /** Which columns, by their names, in this order; those of the schema unless said. */
  readonly columns?: readonly string[]
}

/** The values of one row, one a column: NaN where a number is missing, null where a text is. */
export type TypedRow = readonly (number | string | null)[]

/** The columns of a schema that are asked for. */
export function chosenColumns(
  { columns }: TableSchema,
  wanted: readonly string[] | undefined,
): readonly ColumnSchema[] {
  const names = columns.map(({ name }) => name)
  return (wanted ?? names).map(
    (name) => columns.find((column) => column.name === name) ?? refuseName('The schema', name, names),
  )
}

/** The rows of a file as a schema says, a few at a time. */
export async function* typedRows(
  source: ByteSource,
  { missing, timeZone }: Pick<TableSchema, 'missing' | 'timeZone'>,
  columns: readonly ColumnSchema[],
  options: RowOptions,
): AsyncGenerator<readonly TypedRow[], void> {
  const context = { missing: new Set(missing), timeZone }
  const readers = columns.map((column) => valueReader(column, context))
  const { names, blocks } = await openRows(source, options)
  const refuseAbsent = () => {
    const absent = columns.find(({ name }) => !names.includes(name))
    if (absent !== undefined) refuseName(source.name, absent.name, names)
  }
  // CSV has all its names before the first row, JSON Lines after the last
  if (names.length > 0) refuseAbsent()
  for await (const block of blocks) {
    const places = columns.map(({ name }) => names.indexOf(name))
    yield block.map(({ line, cells }) =>
      readers.map((read, i) => {
        const cell = cells[places[i]!]
        const value = read(cell)
        if (value !== undefined) return value
        const { name, type } = columns[i]!
        throw new TapeloopError(
          `${placeOf(source.name, line, name)}: ${show(cell)} is no ${nouns[type]}; correct it, mark it as missing, or ` +
            `read the column as text.`,
        )
      }),
    )
  }
  refuseAbsent()
}

const nouns = {
  number: 'number',
  integer: 'whole number',
  boolean: 'true or false',
  time: 'time',
  category: 'category',
  text: 'text',
}

function valueReader(
  column: ColumnSchema,
  context: FieldContext,
): (cell: Field | undefined) => number | string | null | undefined {
  if (column.type !== 'text') return fieldReader(column, context)
  return (cell) => (isMissing(cell, 'text', context.missing) ? null : String(cell))
}
