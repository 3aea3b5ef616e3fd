import type { MDXComponents } from 'mdx/types'
import Link from 'next/link'
import type { ComponentProps } from 'react'
import { CodeBlock } from './code-block.js'
import { resolveLink } from './links.js'

/** The elements of documents, for the document at `path` in the repository. Figures are added by those who have some. */
export const elementsFor = (path: string): MDXComponents => ({
  a: ({ href = '', children }: ComponentProps<'a'>) => {
    const url = resolveLink(path, href)
    return (
      <Link href={url} prefetch={false}>
        {children}
      </Link>
    )
  },
  pre: (props: ComponentProps<'pre'>) => <CodeBlock {...props} />,
  // a wide table scrolls by itself, and by keys
  table: (props: ComponentProps<'table'>) => (
    <div className="table" tabIndex={0} role="group" aria-label="Table">
      <table {...props} />
    </div>
  ),
})
