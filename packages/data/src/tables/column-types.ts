import type { Field } from './record.js'
import { parseTime, type TimeFormat } from './time-format.js'

/** What the values of a column are. */
export type ColumnType = (typeof columnTypes)[number]

/** The types that a column can have. */
export const columnTypes = ['number', 'integer', 'boolean', 'time', 'category', 'text'] as const

/** What stands for a missing value unless said. In a column of text only an empty field is missing. */
export const missingMarkers: readonly string[] = ['', 'NA', 'N/A', 'NaN', 'nan', 'null', 'NULL', '?']

/** How the cells of one column are read. */
export interface FieldRule {
  readonly type: ColumnType
  /** Of a column of times. */
  readonly format?: TimeFormat
  /** Of a column of categories: a value is the place of its name here. */
  readonly categories?: readonly string[]
}

/** What all columns of a table have in common. */
export interface FieldContext {
  readonly missing: ReadonlySet<string>
  readonly timeZone: string
}

/** Whether nothing is known: null, an empty field, or, but for text, one of the markers. */
export function isMissing(cell: Field | undefined, type: ColumnType, missing: ReadonlySet<string>): boolean {
  if (cell === null || cell === undefined || cell === '') return true
  return type !== 'text' && typeof cell === 'string' && missing.has(cell.trim())
}

/** Reads the cells of a column of numbers, times, truths or categories: NaN where the value is missing, undefined where it is of another type. */
export function fieldReader(
  { type, format = 'iso', categories = [] }: FieldRule,
  { missing, timeZone }: FieldContext,
): (cell: Field | undefined) => number | undefined {
  const codes = new Map(categories.map((name, code) => [name, code]))
  const read = (text: string): number | undefined => {
    if (type === 'category') return codes.get(text) ?? NaN
    if (type === 'time') return finite(parseTime(text, format, timeZone))
    if (type === 'boolean') return truth(text)
    return type === 'integer' ? whole(text) : numeric(text)
  }
  return (cell) => (isMissing(cell, type, missing) ? NaN : read(String(cell).trim()))
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/** A finite number written with a decimal point. */
export function numeric(text: string): number | undefined {
  return decimal.test(text) ? finite(Number(text)) : undefined
}

/** A whole number that is kept exactly. */
export function whole(text: string): number | undefined {
  const number = /^[+-]?\d+$/.test(text) ? Number(text) : NaN
  return Number.isSafeInteger(number) ? number : undefined
}

/** 1 for true, 0 for false. */
export function truth(text: string): number | undefined {
  const lower = text.length > 5 ? '' : text.toLowerCase()
  return lower === 'true' ? 1 : lower === 'false' ? 0 : undefined
}

function finite(number: number): number | undefined {
  return Number.isFinite(number) ? number : undefined
}
