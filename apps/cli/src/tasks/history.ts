import { TapeloopError } from '@tapeloop/core'
import {
  inferSchema,
  numberColumn,
  parseSchema,
  readTable,
  type ByteSource,
  type SeriesRecipe,
  type Table,
  type TableSchema,
} from '@tapeloop/data'
import * as z from 'zod'
import { refuseUsage } from '../errors.js'
import { listOf } from '../flags/specs.js'
import { readBack } from './kept.js'
import { stepOf, transformed, type Transform } from './season.js'
import type { Kept } from './task.js'

/** A series as it was read, in the units of its table. */
export interface History {
  readonly schema: TableSchema
  readonly table: Table
  readonly target: string
  /** null where there is no column of times */
  readonly time: string | null
  /** the further columns that are known */
  readonly inputs: readonly string[]
  /** of the target: NaN where one is missing */
  readonly values: Float64Array
  /** in milliseconds, between two times; 0 where there are none */
  readonly step: number
}

/** The columns that a user names, or nothing. */
export interface SeriesNames {
  readonly target: string
  readonly time: string
  readonly inputs: string
}

/**
 * Reads a series.
 *
 * @param schema of a table with the same columns, which this one is read as
 * @throws one sentence where a column is not there or no numbers, or it is not plain which is meant
 */
export async function readHistory(
  source: ByteSource,
  { target: wanted, time: wantedTime, inputs: wantedInputs }: SeriesNames,
  schema?: TableSchema,
): Promise<History> {
  const known = schema ?? (await inferSchema(source))
  const inputs = wantedInputs === '' ? [] : wantedInputs.split(',').map((name) => name.trim())
  const named = [['--target', wanted], ['--time', wantedTime], ...inputs.map((name) => ['--inputs', name])]
  const names = known.columns.map(({ name }) => name)
  for (const [flag, name] of named as [string, string][]) {
    if (name !== '' && !names.includes(name)) {
      refuseUsage(`${flag} is "${name}"; the columns are ${listOf(names, 'and')}.`)
    }
  }
  const time = wantedTime || onlyOf(known, ({ type }) => type === 'time') || null
  const target =
    wanted || onlyOf(known, ({ type, name }) => (type === 'number' || type === 'integer') && name !== time)
  if (target === undefined) {
    return refuseUsage(
      `The number to forecast may be in any of ${listOf(names, 'and')}; name its column by --target.`,
    )
  }
  const table = await readTable(source, known, {
    columns: [...new Set([...(time === null ? [] : [time]), target, ...inputs])],
  })
  if (time !== null && numberColumn(table, time).type !== 'time') {
    refuseUsage(
      `--time is "${time}", a column of ${numberColumn(table, time).type}s; name one of dates or times.`,
    )
  }
  const { values } = numberColumn(table, target, '--target')
  if (values.every((value) => Number.isNaN(value))) {
    throw new TapeloopError(
      `The column ${target} of ${source.name} has no number in it; name another by --target.`,
    )
  }
  const step = time === null ? 0 : stepOf(numberColumn(table, time).values)
  return { schema: known, table, target, time, inputs, values, step }
}

function onlyOf(
  { columns }: TableSchema,
  isOne: (column: TableSchema['columns'][number]) => boolean,
): string | undefined {
  const [first, ...more] = columns.filter(isOne)
  return more.length === 0 ? first?.name : undefined
}

/** The table of a series with its target as the model sees it. */
export function prepared(
  { table, target, values }: Pick<History, 'table' | 'target' | 'values'>,
  transform: Transform,
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

const numbers = z.array(z.number())
const foundSchema = z.object({
  file: z.enum(['series.csv', 'series.jsonl']),
  schema: z.unknown().transform((value): TableSchema => parseSchema(value)),
  step: z.number(),
  transform: z.object({ log: z.boolean(), difference: z.int().min(0) }),
  recipe: z.object({
    targets: z.array(z.string()).length(1),
    numbers: z.array(z.string()).min(1),
    categories: z.array(z.object({ name: z.string(), categories: z.array(z.string()) })),
    masked: z.array(z.string()),
    time: z.string().nullable(),
    calendar: z.array(z.enum(['minuteOfHour', 'hourOfDay', 'dayOfWeek', 'dayOfMonth', 'dayOfYear'])),
    timeZone: z.string(),
    elapsed: z.null().default(null),
    missing: z.enum(['previous', 'interpolate', 'mean']),
    scaler: z.object({ type: z.enum(['standard', 'min-max', 'robust']), offset: numbers, scale: numbers }),
    means: numbers,
  }),
})

/** What was found in the data, and the file of a run that holds it. */
export interface FoundSeries extends Readonly<Record<string, unknown>> {
  readonly file: string
  readonly schema: TableSchema
  readonly step: number
  readonly transform: Transform
  readonly recipe: SeriesRecipe
}

/** What a run found. */
export function foundIn({ config }: Kept): FoundSeries {
  return readBack('What run.json says under found', foundSchema, config.found)
}
