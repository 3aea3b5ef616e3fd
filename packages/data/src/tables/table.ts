import { TapeloopError } from '@tapeloop/core'
import { show } from '../check.js'
import type { ByteSource } from '../sources/byte-source.js'
import type { ColumnSchema } from './column-profile.js'
import { fieldReader, isMissing } from './column-types.js'
import { growingNumbers } from './growing-numbers.js'
import { placeOf, type Field } from './record.js'
import { openRows, type RowOptions } from './rows.js'
import { inferSchema, refuseName, type TableSchema } from './schema.js'

/** A column of numbers: Float64Array `[rows]`, NaN where a value is missing. */
export interface NumberColumn {
  readonly name: string
  /** A `boolean` is 1 or 0, a `time` milliseconds since 1970 in UTC, a `category` a place in `categories`. */
  readonly type: 'number' | 'integer' | 'boolean' | 'time' | 'category'
  readonly values: Float64Array
  /** Of a `category`. */
  readonly categories?: readonly string[]
}

/** A column of text: `[rows]`, null where a value is missing. */
export interface TextColumn {
  readonly name: string
  readonly type: 'text'
  readonly values: readonly (string | null)[]
}

/** One column of a table. */
export type Column = NumberColumn | TextColumn

/** A table in memory, by columns. */
export interface Table {
  readonly rows: number
  readonly columns: readonly Column[]
}

/** How a table is read into memory. */
export interface TableOptions extends RowOptions {
  /** Which columns, by their names, in this order; those of the schema unless said. */
  readonly columns?: readonly string[]
  /** The most bytes that the table may take; 2^31 unless said. */
  readonly mostBytes?: number
}

/**
 * Reads a table into memory: 8 bytes a number, and the texts. A category that the schema does not know is missing.
 *
 * @param schema as `inferSchema` found it for this table, or for another with the same columns.
 * @throws as reading does, and where a column is missing, a value is not of the type of its column, or memory would not do.
 */
export async function readTable(
  source: ByteSource,
  schema?: TableSchema,
  { columns: wanted, mostBytes = 2 ** 31, ...options }: TableOptions = {},
): Promise<Table> {
  const { columns: known, missing: markers, timeZone } = schema ?? (await inferSchema(source, options))
  const missing = new Set(markers)
  const chosen = (wanted ?? known.map(({ name }) => name)).map(
    (name) =>
      known.find((column) => column.name === name) ??
      refuseName(
        'The schema',
        name,
        known.map(({ name }) => name),
      ),
  )
  const { names, blocks } = await openRows(source, options)
  const builders = chosen.map((column) => builderOf(column, { missing, timeZone }))
  let rows = 0
  for await (const block of blocks) {
    const places = chosen.map(({ name }) => names.indexOf(name))
    for (const { line, cells } of block) {
      builders.forEach((builder, i) => {
        const cell = cells[places[i]!]
        if (builder.add(cell)) return
        const { name, type } = chosen[i]!
        throw new TapeloopError(
          `${placeOf(source.name, line, name)}: ${show(cell)} is no ${nouns[type]}; correct it, mark it as missing, or ` +
            `read the column as text.`,
        )
      })
      rows++
    }
    const bytes = builders.reduce((sum, builder) => sum + builder.bytes(), 0)
    if (bytes > mostBytes) {
      throw new TapeloopError(
        `${source.name}: the first ${rows} rows take ${bytes} bytes of memory, more than the ${mostBytes} allowed; read ` +
          `fewer columns, or read the rows as a data set.`,
      )
    }
  }
  const absent = chosen.find(({ name }) => !names.includes(name))
  if (absent !== undefined) refuseName(source.name, absent.name, names)
  return { rows, columns: builders.map((builder) => builder.column()) }
}

const nouns = {
  number: 'number',
  integer: 'whole number',
  boolean: 'true or false',
  time: 'time',
  category: 'category',
  text: 'text',
}

/** Takes the cells of one column. */
interface ColumnBuilder {
  /** Whether the cell is of the type of the column. */
  add(cell: Field | undefined): boolean
  bytes(): number
  column(): Column
}

function builderOf(
  schema: ColumnSchema,
  context: { missing: ReadonlySet<string>; timeZone: string },
): ColumnBuilder {
  const { name, type, categories } = schema
  if (type === 'text') {
    const values: (string | null)[] = []
    let characters = 0
    return {
      add(cell) {
        const text = isMissing(cell, type, context.missing) ? null : String(cell)
        characters += text?.length ?? 0
        values.push(text)
        return true
      },
      bytes: () => 8 * values.length + 2 * characters,
      column: () => ({ name, type, values }),
    }
  }
  const read = fieldReader(schema, context)
  const numbers = growingNumbers()
  return {
    add(cell) {
      const value = read(cell)
      if (value === undefined) return false
      numbers.push(value)
      return true
    },
    bytes: () => numbers.bytes(),
    column: () => ({ name, type, values: numbers.take(), ...(categories && { categories }) }),
  }
}
