import { TapeloopError } from '@tapeloop/core'
import { show } from '../check.js'
import type { ByteSource } from '../sources/byte-source.js'
import { columnNamed } from '../tables/columns.js'
import type { TableSchema } from '../tables/schema.js'
import { readTable, type Table } from '../tables/table.js'
import { stepOf, transformed, type SeriesTransform } from './season.js'

/** The columns of a table that make a series. */
export interface SeriesColumns {
  /** the numbers to forecast */
  readonly target: string
  /** null where there is no column of times */
  readonly time: string | null
  /** the further columns that are known */
  readonly inputs: readonly string[]
}

/** A series as it was read, in the units of its table. */
export interface SeriesHistory extends SeriesColumns {
  readonly schema: TableSchema
  readonly table: Table
  /** of the target: NaN where one is missing */
  readonly values: Float64Array
  /** in milliseconds, between two times; 0 where there are none */
  readonly step: number
}

/**
 * Reads the columns of a table that make a series.
 *
 * @throws one sentence where a column is missing, the target has no number, or the times are no times
 */
export async function readHistory(
  source: ByteSource,
  schema: TableSchema,
  { target, time, inputs }: SeriesColumns,
): Promise<SeriesHistory> {
  const columns = [...new Set([...(time === null ? [] : [time]), target, ...inputs])]
  const table = await readTable(source, schema, { columns })
  const times = time === null ? null : columnNamed(table, time, source.name)
  if (times !== null && times.type !== 'time') {
    throw new TapeloopError(
      `The column ${show(time)} of ${source.name} holds no times, it is of type ${times.type}; name one of dates or times.`,
    )
  }
  const { type, values } = columnNamed(table, target, source.name)
  if (type === 'text' || type === 'time' || type === 'category') {
    throw new TapeloopError(
      `The column ${show(target)} of ${source.name} is of type ${type}, but only numbers are forecast; name another.`,
    )
  }
  if (values.every((value) => Number.isNaN(value))) {
    throw new TapeloopError(`The column ${show(target)} of ${source.name} has no number in it; name another.`)
  }
  const step = times === null ? 0 : stepOf(times.values as Float64Array)
  return { schema, table, target, time, inputs, values, step }
}

/** The table of a series with its target as a model sees it. */
export function transformTarget(
  { table, target, values }: Pick<SeriesHistory, 'table' | 'target' | 'values'>,
  transform: SeriesTransform,
): Table {
  return {
    ...table,
    columns: table.columns.map((column) =>
      column.name === target && column.type !== 'text'
        ? { ...column, type: 'number', values: transformed(values, transform) }
        : column,
    ),
  }
}
