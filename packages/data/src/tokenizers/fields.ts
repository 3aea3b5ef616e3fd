import { TapeloopError } from '@tapeloop/core'
import { isRecord, show } from '../check.js'

/** More tokens than any vocabulary has: a number beyond is an error in the file, not a reason to take memory. */
const mostTokens = 1 << 22

/** More code units than any token has; longer ones would make encoding slow. */
const longestToken = 4096

/** What a file says, before it is checked. */
export type Fields = Readonly<Record<string, unknown>>

/** Refuses a value of a saved tokenizer, saying what it must be. */
export function refuseField(name: string, must: string, value: unknown): never {
  throw new TapeloopError(`tokenizer.json: ${name} must be ${must}, but it is ${show(value)}.`)
}

export function recordAt(fields: Fields, key: string): Fields {
  const value = fields[key]
  return isRecord(value) ? value : refuseField(key, 'a record', value)
}

export function listAt(fields: Fields, key: string): readonly unknown[] {
  const value = fields[key]
  return Array.isArray(value) ? value : refuseField(key, 'a list', value)
}

export function textAt(fields: Fields, key: string): string {
  const value = fields[key]
  return typeof value === 'string' ? value : refuseField(key, 'a text', value)
}

/** A yes or no; no where it is not there. */
export function flagAt(fields: Fields, key: string): boolean {
  const value = fields[key] ?? false
  return typeof value === 'boolean' ? value : refuseField(key, 'true or false', value)
}

export function choiceAt<T extends string>(fields: Fields, key: string, choices: readonly T[]): T {
  return (
    choices.find((choice) => choice === fields[key]) ??
    refuseField(key, `one of ${choices.join(', ')}`, fields[key])
  )
}

/** An id, as small as ids are. */
export function checkId(name: string, value: unknown): number {
  const isId = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < mostTokens
  return isId ? value : refuseField(name, `a whole number from 0 to ${mostTokens - 1}`, value)
}

/** The text of a token, as short as tokens are. */
export function checkToken(name: string, value: unknown): string {
  const isToken = typeof value === 'string' && value.length > 0 && value.length <= longestToken
  return isToken ? value : refuseField(name, `a text of 1 to ${longestToken} characters`, value)
}

/** The texts of tokens by their ids; null where an id has another. */
export function tokensAt(fields: Fields): (string | null)[] {
  return listAt(fields, 'tokens').map((token, id) =>
    token === null ? null : checkToken(`token ${id}`, token),
  )
}
