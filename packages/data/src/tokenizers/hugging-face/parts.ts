import { TapeloopError } from '@tapeloop/core'
import { isRecord, show } from '../../check.js'
import { listAt, refuseField, textAt, type Fields } from '../fields.js'

/** A part of a file: a record with a type. */
export interface Part {
  readonly type: string
  readonly fields: Fields
}

/** No file nests sequences deeper. */
const deepest = 8

/**
 * The parts under a key in order, those of sequences one by one; none where it is null.
 *
 * @param lists the keys under which sequences have their parts
 */
export function partsAt(file: Fields, key: string, list: string): Part[] {
  const flatten = (value: unknown, depth: number): Part[] => {
    if (value === null || value === undefined) return []
    const fields = isRecord(value) ? value : refuseField(key, 'null or a record', value)
    const type = textAt(fields, 'type')
    if (type !== 'Sequence') return [{ type, fields }]
    if (depth === deepest) {
      throw new TapeloopError(`tokenizer.json: ${key} has sequences in sequences, more than ${deepest} deep.`)
    }
    return listAt(fields, list).flatMap((part) => flatten(part, depth + 1))
  }
  return flatten(file[key], 0)
}

/** Refuses what cannot be read, saying what can. */
export function refusePart(key: string, what: string, known: string): never {
  throw new TapeloopError(`tokenizer.json: ${key} ${show(what)} cannot be read; this release reads ${known}.`)
}

/** What a part looks for: a text, or a regular expression. */
export function patternAt(key: string, fields: Fields): { readonly text?: string; readonly regex?: string } {
  const pattern = fields['pattern']
  const { String: text, Regex: regex } = isRecord(pattern) ? pattern : {}
  if (typeof text === 'string' && text !== '') return { text }
  if (typeof regex === 'string') return { regex }
  return refuseField(`pattern of ${key}`, 'a record with String or Regex', pattern)
}
