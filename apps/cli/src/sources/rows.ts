import { jsonLines, openRows, type ByteSource } from '@tapeloop/data'
import { refuseUsage } from '../errors.js'
import type { Row } from '../tasks/task.js'

/** The rows of CSV or JSON Lines, one after the other, and which of both it is. */
export async function rowsOf(
  bytes: ByteSource,
): Promise<{ readonly rows: AsyncIterable<Row>; readonly asJson: boolean }> {
  const asJson = await isJson(bytes)
  return { rows: asJson ? jsonRows(bytes) : csvRows(bytes), asJson }
}

async function isJson({ name, size, read }: ByteSource): Promise<boolean> {
  if (/\.(csv|tsv)$/i.test(name)) return false
  return /^\s*\{/.test(new TextDecoder().decode(await read(0, Math.min(size, 64))))
}

async function* csvRows(bytes: ByteSource): AsyncGenerator<Row, void> {
  const { names, blocks } = await openRows(bytes, { format: 'csv' })
  for await (const block of blocks) {
    for (const { cells } of block) {
      yield Object.fromEntries(names.map((name, column) => [name, cells[column] ?? null]))
    }
  }
}

/** Records, of which members may be lists, as those of sequences are. */
async function* jsonRows(bytes: ByteSource): AsyncGenerator<Row, void> {
  for await (const lines of jsonLines(bytes)) {
    for (const { line, value } of lines) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        refuseUsage(`${bytes.name}, line ${line} is no record; write one such as {"text": "…"} a line.`)
      }
      yield value as Row
    }
  }
}
