import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { docs } from '../../../docs/source.js'

interface Props {
  readonly params: Promise<{ slug: string[] }>
}

export const dynamicParams = false

export const generateStaticParams = () => docs.generateParams()

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { title, description } = (await pageOf(params)).data
  return { title, ...(description === undefined ? {} : { description }) }
}

export default async function DocumentPage({ params }: Props) {
  const { body: Body } = (await pageOf(params)).data
  return (
    <main id="content" className="prose">
      <Body />
    </main>
  )
}

async function pageOf(params: Props['params']) {
  return docs.getPage((await params).slug) ?? notFound()
}
