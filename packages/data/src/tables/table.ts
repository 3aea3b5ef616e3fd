import { TapeloopError } from '@tapeloop/core'
import type { ByteSource } from '../sources/byte-source.js'
import { growingNumbers } from '../sources/growing-numbers.js'
import type { ColumnSchema } from './column-profile.js'
import { inferSchema, type TableSchema } from './schema.js'
import { chosenColumns, typedRows, type TypedRowOptions } from './typed-rows.js'

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
export interface TableOptions extends TypedRowOptions {
  /** The most bytes that the table may take; 2^31 unless said. */
  readonly mostBytes?: number
}

/**
 * Reads a table into memory: 8 bytes a number, and the texts. A category that the schema does not know is missing.
 *
 * @param schema as `inferSchema` found it for this table, or for another with the same columns; inferred unless given.
 * @throws as reading does, and where a column is missing, a value is not of the type of its column, or memory would not do.
 */
export async function readTable(
  source: ByteSource,
  schema?: TableSchema,
  { columns, mostBytes = 2 ** 31, ...options }: TableOptions = {},
): Promise<Table> {
  const known = schema ?? (await inferSchema(source, options))
  const chosen = chosenColumns(known, columns)
  const builders = chosen.map(builderOf)
  let rows = 0
  for await (const block of typedRows(source, known, chosen, options)) {
    for (const row of block) builders.forEach((builder, i) => builder.add(row[i]!))
    rows += block.length
    const bytes = builders.reduce((sum, builder) => sum + builder.bytes(), 0)
    if (bytes > mostBytes) {
      throw new TapeloopError(
        `${source.name}: the first ${rows} rows take ${bytes} bytes of memory, more than the ${mostBytes} allowed; read ` +
          `fewer columns, or read the rows as a data set.`,
      )
    }
  }
  return { rows, columns: builders.map((builder) => builder.column()) }
}

/** Takes the values of one column. */
interface ColumnBuilder {
  add(value: number | string | null): void
  bytes(): number
  column(): Column
}

function builderOf({ name, type, categories }: ColumnSchema): ColumnBuilder {
  if (type === 'text') {
    const values: (string | null)[] = []
    let characters = 0
    return {
      add(value) {
        const text = value as string | null
        characters += text?.length ?? 0
        values.push(text)
      },
      bytes: () => 8 * values.length + 2 * characters,
      column: () => ({ name, type, values }),
    }
  }
  const numbers = growingNumbers()
  return {
    add: (value) => numbers.push(value as number),
    bytes: () => numbers.bytes(),
    column: () => ({ name, type, values: numbers.take(), ...(categories && { categories }) }),
  }
}
