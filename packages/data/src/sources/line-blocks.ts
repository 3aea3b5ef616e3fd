import { TapeloopError } from '@tapeloop/core'
import { chunksOf, joined, type ByteSource } from './byte-source.js'

/** Some whole lines of a text. */
export interface LineBlock {
  /** Ends with a line feed, but for the last of a text that does not. */
  readonly text: string
  /** The number of its first line, from 1. */
  readonly line: number
}

const lineFeed = 10

/**
 * The lines of a UTF-8 text, a few at a time, in memory that does not grow with the text. A byte order mark is dropped.
 *
 * @param longest the most bytes of a line, if more than the 64 KiB that are read at once.
 * @throws one sentence with the name and the line when the text is not UTF-8, or a line is too long.
 */
export async function* lineBlocks(source: ByteSource, longest = 2 ** 20): AsyncGenerator<LineBlock, void> {
  let pending: Uint8Array[] = []
  let pendingBytes = 0
  let line = 1

  function block(bytes: Uint8Array): LineBlock {
    const isFirst = line === 1
    if (isFirst) refuseUtf16(bytes, source.name)
    const made = { text: decode(bytes, source.name, line, isFirst), line }
    line += countLineFeeds(bytes)
    return made
  }

  for await (const chunk of chunksOf(source)) {
    const cut = chunk.lastIndexOf(lineFeed) + 1
    if (cut > 0) {
      yield block(joined([...pending, chunk.subarray(0, cut)]))
      pending = []
      pendingBytes = 0
    }
    if (cut === chunk.length) continue
    pending.push(chunk.subarray(cut))
    pendingBytes += chunk.length - cut
    if (pendingBytes > longest) {
      throw new TapeloopError(
        `${source.name}, line ${line}: the line has more than ${longest} bytes, the most that a line may have; ` +
          `break it, or see that the file is text.`,
      )
    }
  }
  if (pendingBytes > 0) yield block(joined(pending))
}

function decode(bytes: Uint8Array, name: string, line: number, isFirst: boolean): string {
  try {
    return decoder(!isFirst).decode(bytes)
  } catch {
    const wrong = firstInvalidLine(bytes)
    throw new TapeloopError(
      `${name}, line ${line + wrong}: the line is not UTF-8; save the file as UTF-8 first.`,
    )
  }
}

const decoder = (ignoreBOM: boolean) => new TextDecoder('utf-8', { fatal: true, ignoreBOM })

/** How many lines lie before the first that is not UTF-8. A line feed is never a part of another character. */
function firstInvalidLine(bytes: Uint8Array): number {
  for (let start = 0, line = 0; ; line++) {
    const end = bytes.indexOf(lineFeed, start) + 1 || bytes.length
    try {
      decoder(true).decode(bytes.subarray(start, end))
    } catch {
      return line
    }
    start = end
  }
}

function refuseUtf16([first, second]: Uint8Array, name: string): void {
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new TapeloopError(`${name} is UTF-16, but UTF-8 is expected; save it as UTF-8 first.`)
  }
}

function countLineFeeds(bytes: Uint8Array): number {
  let count = 0
  for (let i = bytes.indexOf(lineFeed); i >= 0; i = bytes.indexOf(lineFeed, i + 1)) count++
  return count
}
