import {
  inferSchema,
  parseSchema,
  readHistory,
  type ByteSource,
  type SeriesHistory,
  type SeriesPreparation,
  type TableSchema,
} from '@tapeloop/data'
import * as z from 'zod'
import { refuseUsage } from '../errors.js'
import { listOf } from '../flags/specs.js'
import { readBack } from './kept.js'
import type { Kept } from './task.js'

/** The columns that a user names, or nothing. */
export interface SeriesNames {
  readonly target: string
  readonly time: string
  readonly inputs: string
}

/**
 * Reads a series, with the columns that a user names or the table suggests.
 *
 * @param schema of a table with the same columns, which this one is read as
 * @throws one sentence where a column is not there or no numbers, or it is not plain which is meant
 */
export async function readNamedHistory(
  source: ByteSource,
  { target: wanted, time: wantedTime, inputs: wantedInputs }: SeriesNames,
  schema?: TableSchema,
): Promise<SeriesHistory> {
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
  const typeOfTime = known.columns.find(({ name }) => name === time)?.type ?? 'time'
  if (typeOfTime !== 'time') {
    refuseUsage(`--time is "${time}", a column of ${typeOfTime}s; name one of dates or times.`)
  }
  return readHistory(source, known, { target, time, inputs })
}

function onlyOf(
  { columns }: TableSchema,
  isOne: (column: TableSchema['columns'][number]) => boolean,
): string | undefined {
  const [first, ...more] = columns.filter(isOne)
  return more.length === 0 ? first?.name : undefined
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
export interface FoundSeries extends SeriesPreparation, Readonly<Record<string, unknown>> {
  readonly file: string
  readonly schema: TableSchema
  readonly step: number
}

/** What a run found. */
export function foundIn({ config }: Kept): FoundSeries {
  return readBack('What run.json says under found', foundSchema, config.found)
}
