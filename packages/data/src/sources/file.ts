import { open, stat } from 'node:fs/promises'
import { TapeloopError } from '@tapeloop/core'
import type { ByteSource } from './byte-source.js'
import { readingFiles } from './file-errors.js'

/**
 * A source over a file, whatever its size. It is opened for each piece that is read, so there is nothing to close.
 *
 * @throws one sentence when the file is missing, a folder or not readable, now or when it is read.
 */
export function fileSource(path: string): Promise<ByteSource> {
  return readingFiles(path, async () => {
    const found = await stat(path)
    if (found.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' })
    return { name: path, size: found.size, read: (start, end) => readPiece(path, start, end) }
  })
}

function readPiece(path: string, start: number, end: number): Promise<Uint8Array> {
  return readingFiles(path, async () => {
    const file = await open(path)
    try {
      const bytes = new Uint8Array(end - start)
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start)
      if (bytesRead === bytes.length) return bytes
      throw new TapeloopError(`"${path}" became shorter while it was read; read it again once it is whole.`)
    } finally {
      await file.close()
    }
  })
}
