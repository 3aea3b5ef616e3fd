import { TapeloopError } from '@tapeloop/core'
import { isRecord, show } from '../check.js'

/** A text and its class: a place in `classes`. */
export interface LabelledText {
  readonly text: string
  readonly y: number
}

/** Texts of several classes. */
export interface LabelledTexts {
  /** The names of the classes, sorted. */
  readonly classes: readonly string[]
  readonly examples: readonly LabelledText[]
}

/** A sequence of numbers and its class. */
export interface LabelledSequence {
  /** [time, features]. */
  readonly x: readonly (readonly number[])[]
  /** A place in `classes`. */
  readonly y: number
  /** Sequences that belong together (of one person, one place), where the file says so: for a split by group. */
  readonly group?: string | number
}

/** Sequences of several classes, in the parts in which they come. */
export interface LabelledSequences {
  /** The labels, as they stand in the file, sorted. */
  readonly classes: readonly (string | number)[]
  /** How many numbers each time has. */
  readonly features: number
  /** `train` and `test` where the file has them, else `sequences`. */
  readonly parts: Readonly<Record<string, readonly LabelledSequence[]>>
}

/**
 * Texts whose class is the name of their file (names18: one file a language): each line that is not blank is an example.
 *
 * @param files names without folders, and what is in them.
 * @throws when there are fewer than two files with text.
 */
export function labelledLines(
  files: readonly { readonly name: string; readonly text: string }[],
): LabelledTexts {
  const filled = files
    .map(({ name, text }) => ({
      name: name.replace(/\.[^.]*$/, ''),
      lines: text
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    }))
    .filter(({ lines }) => lines.length > 0)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  if (filled.length < 2) {
    throw new TapeloopError(
      `labelledLines: each file is a class, but there are ${filled.length} with text in them; give at least 2.`,
    )
  }
  return {
    classes: filled.map(({ name }) => name),
    examples: filled.flatMap(({ lines }, y) => lines.map((text) => ({ text, y }))),
  }
}

/**
 * Reads labelled sequences from JSON: a record whose lists hold `{ label, seq }`, and `group` if they like; `seq` has a list of
 * numbers for each time, all of the same length.
 *
 * @param name what errors call the file.
 * @throws one sentence that says which sequence is wrong.
 */
export function parseLabelledSequences(value: unknown, name = 'The file'): LabelledSequences {
  const lists = Object.entries(isRecord(value) ? value : {}).filter(
    (entry): entry is [string, unknown[]] => Array.isArray(entry[1]) && isRecord(entry[1][0]),
  )
  const [first] = lists
  if (first === undefined) {
    throw new TapeloopError(
      `${name} has no list of sequences; it must be a record such as {"train": [{"label": 0, "seq": [[1, 2]]}]}.`,
    )
  }
  const labelOf = (item: unknown) => (isRecord(item) ? item.label : undefined)
  const labels = lists.flatMap(([, items]) => items.map(labelOf)).filter(isLabel)
  const classes = [...new Set(labels)].toSorted(ascending)
  const places = new Map(classes.map((label, place) => [label, place]))
  const [start] = seqOf(first[1][0]) ?? []
  const features = Array.isArray(start) ? start.length : 0

  function exampleOf(item: unknown, place: string): LabelledSequence {
    const label = labelOf(item)
    const seq = seqOf(item)
    if (!isLabel(label)) {
      throw new TapeloopError(
        `${name}, ${place}: label must be a text or a number, but it is ${show(label)}.`,
      )
    }
    if (seq === undefined || seq.length === 0) {
      throw new TapeloopError(`${name}, ${place}: seq must be a list with a list of numbers for each time.`)
    }
    const wrong = seq.findIndex((numbers) => !isStep(numbers, features))
    if (wrong >= 0) {
      throw new TapeloopError(
        `${name}, ${place}: time ${wrong} must have ${features} numbers, but it is ${show(seq[wrong])}.`,
      )
    }
    const { group } = item as Readonly<Record<string, unknown>>
    return {
      x: seq as readonly (readonly number[])[],
      y: places.get(label)!,
      ...(isLabel(group) && { group }),
    }
  }
  const parts = lists.map(([part, items]) => [part, items.map((item, i) => exampleOf(item, `${part} ${i}`))])
  return { classes, features, parts: Object.fromEntries(parts) }
}

function seqOf(item: unknown): readonly unknown[] | undefined {
  const seq = isRecord(item) ? item.seq : undefined
  return Array.isArray(seq) ? seq : undefined
}

function isStep(numbers: unknown, features: number): boolean {
  return (
    Array.isArray(numbers) && features > 0 && numbers.length === features && numbers.every(Number.isFinite)
  )
}

function isLabel(value: unknown): value is string | number {
  return typeof value === 'string' || Number.isFinite(value)
}

function ascending(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1
}
