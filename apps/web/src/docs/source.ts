import { loader } from 'fumadocs-core/source'
import { pageSchema } from 'fumadocs-core/source/schema'
import { defineDocs } from 'fumadocs-mdx/macro'

/**
 * The documents of docs/, at the address that their path says. A document needs no frontmatter: its title is its
 * first heading, so that it reads the same in a repository browser.
 */
const documents = defineDocs({
  dir: '../../docs',
  docs: {
    files: ['{learn,guides,decisions}/**/*.{md,mdx}'],
    schema: ({ source }) =>
      pageSchema.extend({ title: pageSchema.shape.title.default(firstHeading(source)) }),
  },
})

export const docs = loader({ baseUrl: '/', source: documents.toFumadocsSource() })

function firstHeading(source: string): string {
  const [, heading = ''] = /^# (.+)$/m.exec(source) ?? []
  return heading.replaceAll('`', '')
}
