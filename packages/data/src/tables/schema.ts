import { TapeloopError } from '@tapeloop/core'
import { isRecord, show } from '../check.js'
import type { ByteSource } from '../sources/byte-source.js'
import { columnProfile, type ColumnProfile, type ColumnSchema } from './column-profile.js'
import { columnTypes, missingMarkers, type ColumnType } from './column-types.js'
import { openRows, type RowOptions } from './rows.js'
import { timeFormats } from './time-format.js'

/** What the columns of a table are. Plain JSON, saved beside a model, so that later tables are read alike. */
export interface TableSchema {
  /** How many rows were seen. */
  readonly rows: number
  readonly columns: readonly ColumnSchema[]
  /** The texts that stand for a missing value. */
  readonly missing: readonly string[]
  /** Where times without an offset are local: an IANA name, or `UTC`. */
  readonly timeZone: string
}

/** How a schema is found. */
export interface InferOptions extends RowOptions {
  /** The types of columns that shall not be inferred, by their names. */
  readonly types?: Readonly<Record<string, ColumnType>>
  /** `missingMarkers` unless said. */
  readonly missing?: readonly string[]
  /** UTC unless said. */
  readonly timeZone?: string
}

/**
 * Reads a table once, in memory that does not grow with it, and finds the type of each column: true and false are
 * `boolean`; whole numbers `integer`; numbers `number`; dates and times that are written in one way `time`; at most 100 different
 * texts, each twice or more on average, `category`; the rest `text`.
 *
 * @throws as reading does, and where a column cannot be of the type given for it.
 */
export async function inferSchema(
  source: ByteSource,
  { types = {}, missing = missingMarkers, timeZone = 'UTC', ...options }: InferOptions = {},
): Promise<TableSchema> {
  const { names, blocks } = await openRows(source, options)
  const context = { missing: new Set(missing), timeZone }
  const profiles: ColumnProfile[] = []
  let rows = 0
  for await (const block of blocks) {
    for (const { cells } of block) {
      while (profiles.length < names.length) {
        const profile = columnProfile(context)
        // JSON Lines: the rows before the first that has this name
        for (let row = 0; row < rows; row++) profile.see(null)
        profiles.push(profile)
      }
      for (let column = 0; column < profiles.length; column++) profiles[column]!.see(cells[column])
      rows++
    }
  }
  const unknown = Object.keys(types).find((name) => !names.includes(name))
  if (unknown !== undefined) refuseName(source.name, unknown, names)
  const columns = names.map((name, column) => {
    const found = (profiles[column] ?? columnProfile(context)).schema(name, types[name])
    if (typeof found !== 'string') return found
    throw new TapeloopError(
      `${source.name}, column ${show(name)} cannot be of type ${types[name]}: ${found}.`,
    )
  })
  return { rows, columns, missing, timeZone }
}

/** Shows a schema, a column a line: its name, its type, its range or categories, and what is missing. */
export function describeSchema({ rows, columns }: TableSchema): string {
  const width = columns.reduce((most, { name }) => Math.max(most, name.length), 0)
  const lines = columns.map((column) => {
    const notes = [contentOf(column), ...(column.missing > 0 ? [`${column.missing} missing`] : [])]
    return `${column.name.padEnd(width)}  ${column.type.padEnd(8)}  ${notes.filter(Boolean).join(', ')}`.trimEnd()
  })
  return [`${rows} rows, ${columns.length} columns`, ...lines].join('\n')
}

/**
 * Reads a saved schema back.
 *
 * @throws one sentence when it is no schema.
 */
export function parseSchema(value: unknown): TableSchema {
  const { rows, columns, missing, timeZone } = isRecord(value) ? value : {}
  const isSchema =
    Number.isSafeInteger(rows) &&
    typeof timeZone === 'string' &&
    isTexts(missing) &&
    Array.isArray(columns) &&
    columns.every(isColumn)
  if (isSchema) return { rows: Number(rows), columns, missing, timeZone }
  throw new TapeloopError(
    `A table schema must have rows, columns, missing and timeZone as they were saved, but it is ${show(value)}.`,
  )
}

/** Says which column a table lacks, and which it has. */
export function refuseName(where: string, name: string, names: readonly string[]): never {
  throw new TapeloopError(
    `${where} has no column ${show(name)}; its columns are ${names.slice(0, 20).map(show).join(', ')}` +
      `${names.length > 20 ? ` and ${names.length - 20} more` : ''}.`,
  )
}

function contentOf({ type, range, categories }: ColumnSchema): string {
  if (categories !== undefined) {
    const shown = categories.slice(0, 6).map(show).join(', ')
    return `${categories.length}: ${shown}${categories.length > 6 ? ', ...' : ''}`
  }
  if (range === undefined) return ''
  const [low, high] = range.map((value) => (type === 'time' ? new Date(value).toISOString() : String(value)))
  return `${low} to ${high}`
}

function isColumn(value: unknown): value is ColumnSchema {
  if (!isRecord(value)) return false
  const { name, type, missing, range, format, categories } = value
  return (
    typeof name === 'string' &&
    (columnTypes as readonly unknown[]).includes(type) &&
    Number.isSafeInteger(missing) &&
    (range === undefined || (Array.isArray(range) && range.length === 2 && range.every(Number.isFinite))) &&
    (format === undefined || (timeFormats as readonly unknown[]).includes(format)) &&
    (categories === undefined || isTexts(categories))
  )
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string')
}
