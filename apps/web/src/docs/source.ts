import { loader } from 'fumadocs-core/source'
import { pageSchema } from 'fumadocs-core/source/schema'
import { defineDocs } from 'fumadocs-mdx/macro'

/**
 * The documents of the repository that the site shows. A document needs no frontmatter: its title is its first heading,
 * so that it reads the same in a repository browser.
 */
const documents = defineDocs({
  dir: '../..',
  docs: {
    files: ['docs/{learn,guides,decisions}/**/*.{md,mdx}', '{ARCHITECTURE,CONTRIBUTING}.md'],
    schema: ({ source }) =>
      pageSchema.extend({ title: pageSchema.shape.title.default(firstHeading(source)) }),
  },
  meta: { files: ['docs/*/meta.json'] },
})

/** Every document by its address, which is its path without `docs/`: docs/learn/gates.mdx is /learn/gates/. */
export const docs = loader({
  baseUrl: '/',
  source: documents.toFumadocsSource(),
  slugs: ({ path }) =>
    path
      .replace(/^docs\//, '')
      .replace(/(\/index)?\.mdx?$/, '')
      .toLowerCase()
      .split('/'),
})

function firstHeading(source: string): string {
  const [, heading = ''] = /^# (.+)$/m.exec(source) ?? []
  return heading.replaceAll('`', '')
}
