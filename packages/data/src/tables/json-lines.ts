import { TapeloopError } from '@tapeloop/core'
import { isRecord, show } from '../check.js'
import type { ByteSource } from '../sources/byte-source.js'
import { lineBlocks } from '../sources/line-blocks.js'
import { jsonErrorColumn } from './json-error-column.js'
import { checkWidth, placeOf, type Field, type Row, type RowReader } from './record.js'

/** How JSON Lines are read. */
export interface JsonLinesOptions {
  /** The most bytes of a line; 2^20 unless said. Pieces of 64 KiB are read, so lines within one are never too long. */
  readonly longestRow?: number
}

/** One value of a file of JSON Lines, and where it stands. */
export interface JsonLine {
  readonly line: number
  readonly value: unknown
}

/**
 * The values of JSON Lines, one a line, in memory that does not grow with the file; blank lines are left out.
 *
 * @throws one sentence with the file, the line and the column where a line is not JSON, too long, or not UTF-8.
 */
export async function* jsonLines(
  source: ByteSource,
  { longestRow = 2 ** 20 }: JsonLinesOptions = {},
): AsyncGenerator<readonly JsonLine[], void> {
  for await (const block of lineBlocks(source, longestRow)) {
    yield block.text
      .split('\n')
      .map((text, i) => ({ text, line: block.line + i }))
      .filter(({ text }) => text.trim() !== '')
      .map(({ text, line }) => ({ line, value: parseLine(text, source.name, line) }))
  }
}

/**
 * Reads JSON Lines as a table: each line is a flat record of texts, numbers, true, false and null. A name that a line
 * lacks is missing there.
 *
 * @throws as `jsonLines` does, and where a line is no flat record.
 */
export async function readJsonLines(source: ByteSource, options: JsonLinesOptions = {}): Promise<RowReader> {
  const names: string[] = []
  const places = new Map<string, number>()
  const placeIn = (name: string): number => {
    const known = places.get(name)
    if (known !== undefined) return known
    places.set(name, names.length)
    return names.push(name) - 1
  }
  function rowOf({ line, value }: JsonLine): Row {
    if (!isRecord(value)) {
      throw new TapeloopError(
        `${placeOf(source.name, line)}: a line must be a record, such as {"x": 1}, but it is ${show(value)}.`,
      )
    }
    const cells: Field[] = names.map(() => null)
    for (const [name, cell] of Object.entries(value)) {
      if (typeof cell === 'object' && cell !== null) {
        throw new TapeloopError(
          `${placeOf(source.name, line, name)}: a value must be a text, a number, true, false or null, but it is ` +
            `${show(cell)}.`,
        )
      }
      cells[placeIn(name)] = cell as Field
    }
    checkWidth(names.length, source.name, line)
    return { line, cells }
  }
  async function* blocks(): AsyncGenerator<readonly Row[], void> {
    for await (const lines of jsonLines(source, options)) yield lines.map(rowOf)
  }
  return { names, blocks: blocks() }
}

function parseLine(text: string, file: string, line: number): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new TapeloopError(
      `${placeOf(file, line, jsonErrorColumn(text))}: the line is not JSON; write one record a line.`,
      { cause: error },
    )
  }
}
