import { TapeloopError } from '@tapeloop/core'
import { isRecord, show } from '../check.js'
import { calendarFields } from './calendar.js'
import { missingPolicies, type SeriesRecipe } from './recipe.js'
import { parseScaler } from './scalers.js'
import { timeUnits } from './time-steps.js'

/**
 * Reads a saved recipe back.
 *
 * @throws one sentence when it is none.
 */
export function parseRecipe(value: unknown): SeriesRecipe {
  const record = isRecord(value) ? value : {}
  const scaler = parseScaler(record.scaler)
  const wrong = Object.keys(checks).find((key) => !checks[key as keyof SeriesRecipe](record[key]))
  const recipe = record as unknown as SeriesRecipe
  if (wrong !== undefined) {
    throw new TapeloopError(
      `A series recipe must be as fitSeries made it, but its ${wrong} is ${show(record[wrong])}; train again.`,
    )
  }
  const { numbers, means, targets } = recipe
  const fits = scaler.offset.length === numbers.length && means.length === numbers.length
  if (fits && targets.every((target, i) => target === numbers[i])) return { ...recipe, scaler }
  throw new TapeloopError(
    `A series recipe must have a scale and a mean for each of its ${numbers.length} numbers, the targets first; train again.`,
  )
}

const isText = (value: unknown) => typeof value === 'string'
const isListOf = (isItem: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.every(isItem)
const isOneOf = (names: readonly unknown[]) => (value: unknown) => names.includes(value)
const isSpread = (value: unknown) =>
  isRecord(value) && isText(value.name) && isListOf(isText)(value.categories)

const checks: { readonly [K in keyof SeriesRecipe]: (value: unknown) => boolean } = {
  targets: (value) => isListOf(isText)(value) && (value as unknown[]).length > 0,
  numbers: isListOf(isText),
  categories: isListOf(isSpread),
  masked: isListOf(isText),
  time: (value) => value === null || isText(value),
  calendar: isListOf(isOneOf(calendarFields)),
  timeZone: isText,
  elapsed: isOneOf([null, ...timeUnits]),
  missing: isOneOf(missingPolicies),
  scaler: isRecord,
  means: isListOf(Number.isFinite),
}
