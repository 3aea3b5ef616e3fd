import { numeric, truth, whole, type FieldContext, type ColumnType } from './column-types.js'
import type { Field } from './record.js'
import { parseTime, timeFormats, type TimeFormat } from './time-format.js'

/** What is known of a column once all its cells were seen. */
export interface ColumnSchema {
  readonly name: string
  readonly type: ColumnType
  /** How many values are missing. */
  readonly missing: number
  /** The range, of numbers and of times (in milliseconds since 1970). */
  readonly range?: readonly [low: number, high: number]
  /** How times are written. */
  readonly format?: TimeFormat
  /** The names of categories, sorted: a value is a place in them. */
  readonly categories?: readonly string[]
}

/** At most so many different texts make a category, unless the user says that they are one. */
const mostCategories = 100

/** At most so many are remembered, and so many characters of them. */
const mostDistinct = { names: 10_000, characters: 2 ** 20 }

/** Watches the cells of one column, in memory that does not grow with their number. */
export interface ColumnProfile {
  see(cell: Field | undefined): void
  /**
   * The type of the column, or what is found of the one that is given.
   *
   * @returns a text, which says why, when it cannot be of the given type
   */
  schema(name: string, given?: ColumnType): ColumnSchema | string
}

/** Begins to watch a column. */
export function columnProfile({ missing, timeZone }: FieldContext): ColumnProfile {
  let empty = 0
  let markers = 0
  let present = 0
  let range: [number, number] = [Infinity, -Infinity]
  const spans: Partial<Record<TimeFormat, [number, number]>> = {}
  /** The types that all cells so far could have. */
  const fits = { number: true, integer: true, boolean: true }
  let formats: readonly TimeFormat[] = timeFormats
  let distinct: Set<string> | null = new Set()
  let characters = 0

  function remember(text: string): void {
    if (distinct === null || distinct.has(text)) return
    characters += text.length
    distinct.add(text)
    if (distinct.size > mostDistinct.names || characters > mostDistinct.characters) distinct = null
  }

  function seeTime(text: string): void {
    formats = formats.filter((format) => {
      const time = parseTime(text, format, timeZone)
      spans[format] = widened(spans[format] ?? [Infinity, -Infinity], time)
      return !Number.isNaN(time)
    })
  }

  /** The type that fits best. */
  function inferred(): ColumnType {
    if (present === 0) return 'text'
    if (fits.boolean) return 'boolean'
    if (fits.integer) return 'integer'
    if (fits.number) return 'number'
    // 1/2/2024 alone does not say which is the month
    if (formats.length === 1) return 'time'
    return distinct !== null && distinct.size <= mostCategories && distinct.size * 2 <= present
      ? 'category'
      : 'text'
  }

  return {
    see(cell) {
      if (cell === null || cell === undefined || cell === '') return void empty++
      const text = String(cell).trim()
      if (typeof cell === 'string' && missing.has(text)) return void markers++
      present++
      remember(text)
      if (fits.boolean) fits.boolean = truth(text) !== undefined
      if (fits.number) {
        const number = numeric(text)
        fits.number = number !== undefined
        fits.integer &&= whole(text) !== undefined
        if (number !== undefined) range = widened(range, number)
      }
      if (formats.length > 0) seeTime(text)
    },
    schema(name, type = inferred()) {
      const base = { name, type, missing: type === 'text' ? empty : empty + markers }
      if (type === 'text' || present === 0) return base
      if (type === 'category') {
        return distinct === null
          ? `it has more than ${mostDistinct.names} different values, too many for categories`
          : { ...base, categories: [...distinct].toSorted() }
      }
      if (type !== 'time') return fits.number ? { ...base, range } : base
      const [format] = formats
      if (format === undefined) return 'its values are not all written as times in one way'
      return { ...base, format, range: spans[format]! }
    },
  }
}

function widened([low, high]: readonly [number, number], value: number): [number, number] {
  return [Math.min(low, value), Math.max(high, value)]
}
