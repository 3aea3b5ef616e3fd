import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { DocsShell } from '../../../docs/docs-shell.js'
import { elementsFor } from '../../../docs/mdx.js'
import { docs } from '../../../docs/source.js'
import { groupsOf, leadAt, withSlash } from '../../../docs/tree.js'
import { figures } from '../../../figures/index.js'
import { referenceGroups } from '../../../reference/groups.js'

interface Props {
  readonly params: Promise<{ slug: string[] }>
}

const sections: Readonly<Record<string, string>> = {
  learn: 'Learn',
  guides: 'Guides',
  decisions: 'Decisions',
}

export const dynamicParams = false

export const generateStaticParams = () => docs.generateParams()

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { data, url } = await pageOf(params)
  const description = leadAt(withSlash(url))
  return { title: data.title, ...(description === undefined ? {} : { description }) }
}

export default async function DocumentPage({ params }: Props) {
  const { data, path, url } = await pageOf(params)
  const [, folder = 'reference'] = /^docs\/(\w+)/.exec(path) ?? []
  const Body = data.body
  return (
    <DocsShell
      section={sections[folder] ?? 'Reference'}
      groups={folder in sections ? groupsOf(folder) : referenceGroups()}
      url={withSlash(url)}
      toc={data.toc}
    >
      <Body components={{ ...elementsFor(path), ...figures }} />
    </DocsShell>
  )
}

async function pageOf(params: Props['params']) {
  return docs.getPage((await params).slug) ?? notFound()
}
