import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { DocsShell } from '../../../../docs/docs-shell.js'
import { NamesList } from '../../../../reference/api/names-list.js'
import { apiPackages, packageUrl, placeAt } from '../../../../reference/api/packages.js'
import { SymbolView } from '../../../../reference/api/symbol-view.js'
import { apiGroups } from '../../../../reference/groups.js'

interface Props {
  readonly params: Promise<{ slug: string[] }>
}

export const dynamicParams = false

/** A page for each package, and one for each part of a large one. */
export const generateStaticParams = () =>
  [...new Set(apiPackages.flatMap((of) => [packageUrl(of), ...of.pages.map(({ url }) => url)]))].map(
    (url) => ({
      slug: url.replace(/^\/reference\/api\/|\/$/g, '').split('/'),
    }),
  )

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { of, page, url } = await placeOf(params)
  const names = (page?.symbols ?? []).map(({ name }) => name)
  return page === undefined || url === packageUrl(of)
    ? { title: of.name, description: `${of.description}: all exports of ${of.name}.` }
    : {
        title: `${page.title} (${of.name})`,
        description: `${names.slice(0, 12).join(', ')}${names.length > 12 ? ' …' : ''}: what they are, take and give.`,
      }
}

export default async function ApiPackagePage({ params }: Props) {
  const { of, page, url } = await placeOf(params)
  const isWhole = url === packageUrl(of)
  const shown = page?.symbols ?? []
  const toc = page
    ? shown.map(({ name, anchor }) => ({ title: name, url: `#${anchor}`, depth: 2 }))
    : of.pages.map(({ title, url }) => ({ title, url: `#${partOf(url)}`, depth: 2 }))
  return (
    <DocsShell section="Reference" groups={apiGroups(of)} url={url} toc={toc}>
      <h1>{isWhole ? of.name : page?.title}</h1>
      {isWhole ? (
        <PackageLead of={of} />
      ) : (
        <p>
          Part of <Link href={packageUrl(of)}>{of.name}</Link>.
        </p>
      )}
      {page && shown.length > 3 && <NamesList page={page} />}
      {shown.map((symbol) => (
        <SymbolView key={symbol.anchor} symbol={symbol} of={of} />
      ))}
      {!page &&
        of.pages.map((part) => (
          <section key={part.url}>
            <h2 id={partOf(part.url)}>
              <Link href={part.url} prefetch={false}>
                {part.title}
              </Link>
            </h2>
            <NamesList page={part} />
          </section>
        ))}
    </DocsShell>
  )
}

const PackageLead = ({ of }: { readonly of: (typeof apiPackages)[number] }) => (
  <>
    <p>{of.description}.</p>
    <div dangerouslySetInnerHTML={{ __html: of.doc }} />
    {of.handsOn.length > 0 && (
      <p>
        It exports all of{' '}
        {of.handsOn.map((name, index) => {
          const other = apiPackages.find((one) => one.name === name)!
          return (
            <span key={name}>
              {index > 0 && ', '}
              <Link href={packageUrl(other)}>{name}</Link>
            </span>
          )
        })}
        .
      </p>
    )}
  </>
)

/** The last word of an address, by which a package's own page calls a part. */
const partOf = (url: string) => url.split('/').at(-2)

async function placeOf(params: Props['params']) {
  const url = `/reference/api/${(await params).slug.join('/')}/`
  const place = placeAt(url)
  const of = place?.of ?? apiPackages.find((one) => packageUrl(one) === url) ?? notFound()
  return { of, page: place?.page, url }
}
