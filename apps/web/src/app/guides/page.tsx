import type { Metadata } from 'next'
import Link from 'next/link'
import { DocsShell } from '../../docs/docs-shell.js'
import { groupsOf } from '../../docs/tree.js'

export const metadata: Metadata = { title: 'Guides', description: 'How to do things with Tapeloop.' }

export default function GuidesPage() {
  const groups = groupsOf('guides')
  return (
    <DocsShell section="Guides" groups={groups} url="/guides/">
      <h1>Guides</h1>
      <p>Short, and every snippet in them runs in our tests.</p>
      <ul className="parts">
        {groups
          .flatMap(({ items }) => items)
          .map(({ title, url }) => (
            <li key={url}>
              <Link href={url} prefetch={false}>
                {title}
              </Link>
            </li>
          ))}
      </ul>
    </DocsShell>
  )
}
