import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** A fenced piece of code in a document. */
export interface Snippet {
  readonly language: string
  readonly code: string
  /** Path of the document in the repository. */
  readonly document: string
  /** The line of the document on which the code begins, from 1. */
  readonly line: number
  /** Which one of the document it is. */
  readonly title: string
}

const documents = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'AGENTS.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
].filter((name) => /\.mdx?$/.test(name) && existsSync(join(root, name)))

/** The snippets of all documents of the repository. */
export const snippets: readonly Snippet[] = documents.flatMap((document) => {
  const text = readFileSync(join(root, document), 'utf8')
  return [...text.matchAll(/^( *)```(\S*).*\n([^]*?)^\1```$/gm)].map(
    ({ index: start, 2: language = '', 3: code = '' }, index) => ({
      language,
      code,
      document,
      // after the fence itself
      line: text.slice(0, start).split('\n').length + 1,
      title: `${document}, snippet ${index + 1}`,
    }),
  )
})
