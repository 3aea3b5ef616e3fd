import { TapeloopError } from '@tapeloop/core'

/** What stands in a place of a table before its type is known. CSV has only text; JSON Lines have all of them. */
export type Field = string | number | boolean | null

/** One row of a table as it stands in the file. */
export interface Row {
  /** The line at which it begins, from 1. */
  readonly line: number
  /** One a column, in the order of the names; what is left out at the end is missing. */
  readonly cells: readonly Field[]
}

/** The rows of a file, a few at a time. */
export interface RowReader {
  /** The names of the columns. Those of JSON Lines grow while rows are read, as new names come up. */
  readonly names: readonly string[]
  /** Rows in order, in blocks. */
  readonly blocks: AsyncIterable<readonly Row[]>
}

/** The most columns of a table. */
const mostColumns = 2 ** 12

/** Refuses a table that is wider than any should be, before memory is taken for it. */
export function checkWidth(count: number, file: string, line: number): void {
  if (count > mostColumns) {
    throw new TapeloopError(
      `${placeOf(file, line)}: there are ${count} columns, but at most ${mostColumns} are read; see that the file is a table.`,
    )
  }
}

/** Where something stands in a file, as every error says it. */
export function placeOf(file: string, line: number, column?: string | number): string {
  if (column === undefined) return `${file}, line ${line}`
  return `${file}, line ${line}, column ${typeof column === 'string' ? `"${column}"` : column}`
}
