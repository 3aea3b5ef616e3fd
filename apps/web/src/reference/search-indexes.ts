import { primitives, type Op } from '@tapeloop/core'
import type { AdvancedIndex } from 'fumadocs-core/search/server'
import { docs } from '../docs/source.js'
import { withSlash } from '../docs/tree.js'
import { allSymbols } from './api/packages.js'
import { bibliography } from './bibliography.js'
import { allCells } from './groups.js'
import { commands } from './program.js'

/** What the search knows: documents by their paragraphs, and what is made of records. */
export const searchIndexes = (): AdvancedIndex[] => [...documents(), ...cells(), ...ops(), ...cli(), ...api()]

const documents = (): AdvancedIndex[] =>
  docs.getPages().map(({ url, data: { title, description, structuredData } }) => ({
    id: url,
    url: withSlash(url),
    title,
    ...(description !== undefined && { description }),
    structuredData,
  }))

const cells = (): AdvancedIndex[] =>
  allCells.map(({ name, title, cite, options }) => ({
    id: `cell ${name}`,
    url: `/cells/${name}/`,
    title: `${title} (${name})`,
    structuredData: {
      headings: [],
      contents: [
        ...cite.map((key) => bibliography[key] ?? key),
        ...Object.values(options).map(({ doc }) => doc),
      ].map((content) => ({ heading: undefined, content })),
    },
  }))

const ops = (): AdvancedIndex[] =>
  (Object.entries(primitives) as unknown as readonly (readonly [string, Op])[]).map(
    ([name, { formula }]) => ({
      id: `op ${name}`,
      url: `/reference/ops/#${name}`,
      title: `${name} (op)`,
      structuredData: { headings: [], contents: [{ heading: undefined, content: formula }] },
    }),
  )

const cli = (): AdvancedIndex[] =>
  commands().map(({ name, description, options }) => ({
    id: `command ${name}`,
    url: `/reference/cli/#${name}`,
    title: `tapeloop ${name}`,
    structuredData: {
      headings: [],
      contents: [description, ...options.map(({ flags, description }) => `${flags} ${description}`)].map(
        (content) => ({
          heading: undefined,
          content,
        }),
      ),
    },
  }))

const api = (): AdvancedIndex[] =>
  allSymbols.map(({ of, symbol: { name, summary }, url }) => ({
    id: `api ${url}`,
    url,
    title: `${name} (${of.name})`,
    structuredData: { headings: [], contents: [{ heading: undefined, content: summary }] },
  }))
