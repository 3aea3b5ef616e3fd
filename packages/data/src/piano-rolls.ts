import { TapeloopError } from '@tapeloop/core'
import { isRecord, show } from './check.js'

/** A piece of music as a list of times, each with 0 or 1 for every key. */
export type PianoRoll = readonly Uint8Array[]

/** Pieces to learn from, to choose by and to test with. */
export interface PianoRolls {
  readonly train: readonly PianoRoll[]
  readonly valid: readonly PianoRoll[]
  readonly test: readonly PianoRoll[]
}

/** Which notes the keys are. */
export interface PianoOptions {
  /** The MIDI number of the lowest key; 21, the lowest of a piano, unless said. */
  readonly lowest?: number
  /** How many keys; 88 unless said. */
  readonly keys?: number
}

/**
 * Reads the music of Boulanger-Lewandowski, Bengio & Vincent (2012), such as the JSB chorales, from JSON: a record of
 * `train`, `valid` and `test`, each a list of pieces, a piece a list of times, a time the list of the MIDI numbers that
 * sound.
 *
 * @param name what errors call the file
 * @throws one sentence when it is no such record, or a note is not on the keyboard
 */
export function parsePianoRolls(
  text: string,
  { name = 'the music', lowest = 21, keys = 88 }: PianoOptions & { readonly name?: string } = {},
): PianoRolls {
  const refuse = (sentence: string): never => {
    throw new TapeloopError(`${name}: ${sentence}.`)
  }
  const listIn = (value: unknown, what: string): readonly unknown[] =>
    Array.isArray(value) ? value : refuse(`${what} must be a list, but it is ${show(value)}`)

  function keysOf(notes: unknown, what: string): Uint8Array {
    const frame = new Uint8Array(keys)
    for (const note of listIn(notes, what)) {
      const key = Number.isInteger(note) ? (note as number) - lowest : -1
      if (key < 0 || key >= keys) {
        refuse(
          `${what} has ${show(note)}; a note must be a whole number from ${lowest} to ${lowest + keys - 1}`,
        )
      }
      frame[key] = 1
    }
    return frame
  }

  const record = json(text, refuse)
  if (!isRecord(record))
    return refuse(`it must be a record of train, valid and test, but it is ${show(record)}`)
  const pieces = (part: keyof PianoRolls): PianoRoll[] =>
    listIn(record[part], part).map((piece, p) =>
      listIn(piece, `${part}, piece ${p}`).map((notes, t) => keysOf(notes, `${part}, piece ${p}, time ${t}`)),
    )
  return { train: pieces('train'), valid: pieces('valid'), test: pieces('test') }
}

function json(text: string, refuse: (sentence: string) => never): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return refuse('it is no JSON')
  }
}
