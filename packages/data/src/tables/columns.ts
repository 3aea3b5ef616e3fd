import { TapeloopError } from '@tapeloop/core'
import { checkWhole, show } from '../check.js'
import { refuseName } from './schema.js'
import type { Column, NumberColumn, Table, TextColumn } from './table.js'

/**
 * The column of a name.
 *
 * @param where what errors say was asked for it.
 * @throws when there is none.
 */
export function columnNamed(table: Table, name: string, where = 'The table'): Column {
  const found = table.columns.find((column) => column.name === name)
  return (
    found ??
    refuseName(
      where,
      name,
      table.columns.map(({ name }) => name),
    )
  )
}

/**
 * A column of numbers.
 *
 * @throws when there is none of this name, or it is of text.
 */
export function numberColumn(table: Table, name: string, where = 'The table'): NumberColumn {
  const column = columnNamed(table, name, where)
  if (column.type !== 'text') return column
  throw new TapeloopError(
    `${where}: the column ${show(name)} is of text; give it another type, or leave it out.`,
  )
}

/**
 * A column of text. Of categories, the names.
 *
 * @throws when there is none of this name, or it is of numbers.
 */
export function textColumn(table: Table, name: string, where = 'The table'): TextColumn {
  const column = columnNamed(table, name, where)
  if (column.type === 'text') return column
  const { categories } = column
  if (categories !== undefined) {
    return { name, type: 'text', values: Array.from(column.values, (code) => categories[code] ?? null) }
  }
  throw new TapeloopError(
    `${where}: the column ${show(name)} is of type ${column.type}; read it as text, or name another.`,
  )
}

/** The rows from `start` to before `end`. */
export function sliceTable(table: Table, start: number, end = table.rows): Table {
  checkWhole('sliceTable', 'start', start, 0)
  checkWhole('sliceTable', 'end', end, start)
  const rows = Math.max(0, Math.min(end, table.rows) - start)
  return {
    rows,
    columns: table.columns.map((column) => withValues(column, (values) => values.slice(start, start + rows))),
  }
}

/** The rows in which none of the named columns, or none at all where none is named, is missing. */
export function dropMissing(table: Table, names = table.columns.map(({ name }) => name)): Table {
  const columns = names.map((name) => columnNamed(table, name, 'dropMissing'))
  const isKept = (row: number) => columns.every(({ values }) => !isGap(values[row]!))
  const kept = Array.from({ length: table.rows }, (_, row) => row).filter(isKept)
  return takeRows(table, kept)
}

/** Some rows, in the order given. */
export function takeRows(table: Table, rows: ArrayLike<number>): Table {
  return {
    rows: rows.length,
    columns: table.columns.map((column) =>
      column.type === 'text'
        ? { ...column, values: Array.from(rows, (row) => column.values[row] ?? null) }
        : { ...column, values: Float64Array.from(rows, (row) => column.values[row]!) },
    ),
  }
}

function withValues(
  column: Column,
  change: <V extends { slice(start: number, end: number): V }>(values: V) => V,
): Column {
  return column.type === 'text'
    ? { ...column, values: change(column.values as (string | null)[]) }
    : { ...column, values: change(column.values) }
}

function isGap(value: number | string | null): boolean {
  return value === null || Number.isNaN(value)
}
