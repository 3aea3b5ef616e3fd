import type { ByteSource } from '../sources/byte-source.js'
import { readCsv, type CsvOptions } from './csv.js'
import { readJsonLines } from './json-lines.js'
import type { RowReader } from './record.js'

/** How a table is read. */
export interface RowOptions extends CsvOptions {
  /** `csv` is TSV, too; by the name of the file, or its first character, unless said. */
  readonly format?: 'csv' | 'jsonl'
}

/** Reads the rows of a file of CSV, TSV or JSON Lines; `readCsv` and `readJsonLines` say what is refused. */
export async function openRows(source: ByteSource, options: RowOptions = {}): Promise<RowReader> {
  const format = options.format ?? (await guessFormat(source))
  return format === 'csv' ? readCsv(source, options) : readJsonLines(source, options)
}

async function guessFormat({ name, size, read }: ByteSource): Promise<'csv' | 'jsonl'> {
  if (/\.(jsonl|ndjson|json)$/i.test(name)) return 'jsonl'
  if (/\.(csv|tsv|tab)$/i.test(name)) return 'csv'
  const head = new TextDecoder().decode(await read(0, Math.min(size, 1024)))
  return /^\s*\{/.test(head) ? 'jsonl' : 'csv'
}
