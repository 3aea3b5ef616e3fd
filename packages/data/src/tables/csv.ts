import { TapeloopError } from '@tapeloop/core'
import Papa from 'papaparse'
import { show } from '../check.js'
import type { ByteSource } from '../sources/byte-source.js'
import { lineBlocks } from '../sources/line-blocks.js'
import { checkWidth, placeOf, type Row, type RowReader } from './record.js'

/** How CSV is read. */
export interface CsvOptions {
  /** What stands between fields; `,`, tab, `;` or `|`, whichever the first row has most of, unless said. */
  readonly delimiter?: string
  /** Whether the first line has the names of the columns; true unless said, else they are `column1`, `column2`, ... */
  readonly header?: boolean
  /** The most bytes of a row; 2^20 unless said. Pieces of 64 KiB are read, so rows within one are never too long. */
  readonly longestRow?: number
}

const delimiters = [',', '\t', ';', '|']

/**
 * Reads CSV (RFC 4180) or TSV in memory that does not grow with the file. Lines may end in LF or CRLF, fields in quotes
 * may have both in them, and blank lines are left out.
 *
 * @throws one sentence with the file, the line and the column where a quote is wrong, a row has too many or too few
 *   fields or is too long, a name comes twice, or the text is not UTF-8.
 */
export async function readCsv(
  source: ByteSource,
  { delimiter: given, header = true, longestRow = 2 ** 20 }: CsvOptions = {},
): Promise<RowReader> {
  const delimiter = given ?? (await guessDelimiter(source))
  const rows = csvRows(source, delimiter, longestRow)
  const { value: first = [] } = await rows.next()
  if (first.length === 0) {
    throw new TapeloopError(`${source.name} is empty; give a file with a line of names and rows below it.`)
  }
  const names = header
    ? namesOf(first[0]!, source.name)
    : first[0]!.cells.map((_, column) => `column${column + 1}`)

  async function* blocks(): AsyncGenerator<readonly Row[], void> {
    yield checked(header ? first.slice(1) : first)
    for await (const block of rows) yield checked(block)
  }
  function checked(block: readonly Row[]): readonly Row[] {
    const wrong = block.find(({ cells }) => cells.length !== names.length)
    if (wrong === undefined) return block
    const { line, cells } = wrong
    throw new TapeloopError(
      `${placeOf(source.name, line, Math.min(cells.length, names.length) + 1)}: the row has ${cells.length} fields, but ` +
        `${header ? 'the line of names' : 'the first row'} has ${names.length}; correct the row, or put fields with ` +
        `${show(delimiter)} in them in quotes.`,
    )
  }
  return { names, blocks: blocks() }
}

/** Writes one row of CSV, without the end of the line: fields are put in quotes where they need them. */
export function formatCsvRow(fields: readonly (string | number)[], delimiter = ','): string {
  if (fields.length === 1 && fields[0] === '') return '""'
  return fields
    .map((field) => {
      const text = String(field)
      const isPlain =
        !/["\r\n\uFEFF]/.test(text) && !text.includes(delimiter) && (text.trim() === text || text === '')
      return isPlain ? text : `"${text.replaceAll('"', '""')}"`
    })
    .join(delimiter)
}

function namesOf({ cells, line }: Row, file: string): string[] {
  checkWidth(cells.length, file, line)
  const seen = new Set<string>()
  return cells.map((cell, column) => {
    const name = String(cell).trim()
    if (name !== '' && !seen.has(name)) {
      seen.add(name)
      return name
    }
    throw new TapeloopError(
      name === ''
        ? `${placeOf(file, line, column + 1)}: the column has no name; give it one.`
        : `${placeOf(file, line, column + 1)}: the name ${show(name)} comes twice; give columns different names.`,
    )
  })
}

/** The fields of every row; a row goes on over line ends while a quote is open. */
async function* csvRows(source: ByteSource, delimiter: string, longest: number): AsyncGenerator<Row[], void> {
  let open = ''
  let line = 1
  for await (const block of lineBlocks(source, longest)) {
    // the parser looks at whole lines only, so that where the text was cut does not matter
    const text = open + (block.text.endsWith('\n') ? block.text : `${block.text}\n`)
    const { rows, used } = parseRows(text, delimiter, { line, file: source.name })
    line += countLineFeeds(text.slice(0, used))
    open = text.slice(used)
    if (open.length > longest) {
      throw new TapeloopError(
        `${placeOf(source.name, line)}: the row has more than ${longest} characters, the most that a row may have; ` +
          `see that its quotes are closed.`,
      )
    }
    if (rows.length > 0) yield rows
  }
  if (open !== '') {
    throw new TapeloopError(
      `${placeOf(source.name, line)}: a quote is opened in this row and never closed; close it.`,
    )
  }
}

/** The rows that end within a text, and how much of it they are. */
function parseRows(
  text: string,
  delimiter: string,
  { line, file }: { line: number; file: string },
): { rows: Row[]; used: number } {
  if (!text.includes('"')) return { rows: plainRows(text, delimiter, line), used: text.length }
  const rows: Row[] = []
  let used = 0
  let at = line
  const options: Papa.ParseConfig = {
    delimiter,
    newline: '\n',
    step({ data, errors, meta: { cursor } }: Papa.ParseStepResult<string[][]>) {
      refuseQuote(errors)
      const fields = data[0]!
      const raw = text.slice(used, cursor)
      used = cursor
      const last = fields.at(-1)!
      if (raw.endsWith('\r\n') && last.endsWith('\r') && !raw.endsWith('\r"\r\n')) {
        fields[fields.length - 1] = last.slice(0, -1)
      }
      if (raw.trim() !== '' || fields.length > 1) rows.push({ line: at, cells: fields })
      at += countLineFeeds(raw)
    },
  }
  function refuseQuote(errors: readonly Papa.ParseError[]): void {
    const wrong = errors.find(({ code }) => code === 'InvalidQuotes')
    if (wrong === undefined) return
    const before = text.slice(used, wrong.index! - 1)
    const fields = parse(before, { delimiter, newline: '\n' }, false).data[0]?.length ?? 1
    throw new TapeloopError(
      `${placeOf(file, at + countLineFeeds(before), fields)}: the field begins with a quote that ` +
        `is closed before its end; write a quote within quotes twice.`,
    )
  }
  refuseQuote(parse(text, options, true).errors)
  return { rows, used }
}

/** The rows of lines without quotes: much the most there are, and read at once. */
function plainRows(text: string, delimiter: string, line: number): Row[] {
  const { data } = parse(text, { delimiter, newline: '\n' }, true)
  return data
    .map((fields, i) => {
      const last = fields.at(-1)!
      const cells = last.endsWith('\r') ? [...fields.slice(0, -1), last.slice(0, -1)] : fields
      return { line: line + i, cells }
    })
    .filter(({ cells }) => cells.length > 1 || cells[0]!.trim() !== '')
}

function parse(text: string, options: Papa.ParseConfig, isCut: boolean): Papa.ParseResult<string[]> {
  return new Papa.Parser(options).parse(text, 0, isCut)
}

/** The delimiter that divides the first row into the most fields. */
async function guessDelimiter(source: ByteSource): Promise<string> {
  for await (const { text } of lineBlocks(source)) {
    const widths = delimiters.map(
      (delimiter) => parse(text, { delimiter, newline: '\n', preview: 1 }, false).data[0]?.length ?? 0,
    )
    return delimiters[widths.indexOf(Math.max(...widths))]!
  }
  return ','
}

function countLineFeeds(text: string): number {
  let count = 0
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) count++
  return count
}
