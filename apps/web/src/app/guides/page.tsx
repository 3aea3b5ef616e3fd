import type { Metadata } from 'next'
import Link from 'next/link'
import { DocsShell } from '../../docs/docs-shell.js'
import { groupsOf, leadAt } from '../../docs/tree.js'

export const metadata: Metadata = {
  title: 'Guides',
  description:
    'How to do things with Tapeloop: install one package, train from a terminal or in a browser app, and find out why it does not learn.',
}

export default function GuidesPage() {
  const groups = groupsOf('guides')
  return (
    <DocsShell
      section="Guides"
      groups={groups}
      url="/guides/"
      toc={groups.map(({ title = '' }) => ({ title, url: `#${anchorOf(title)}`, depth: 2 }))}
    >
      <h1>Guides</h1>
      <p>
        Short, and every snippet in them runs in our tests. New to recurrent networks?{' '}
        <Link href="/learn/">Learn</Link> tells their story from the beginning.
      </p>
      {groups.map(({ title = '', items }) => (
        <section key={title}>
          <h2 id={anchorOf(title)}>{title}</h2>
          <ul className="parts">
            {items.map((item) => (
              <li key={item.url}>
                <Link href={item.url} prefetch={false}>
                  {item.title}
                </Link>
                <span>{leadAt(item.url)}</span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </DocsShell>
  )
}

const anchorOf = (title: string) => title.toLowerCase().replaceAll(/\W+/g, '-')
