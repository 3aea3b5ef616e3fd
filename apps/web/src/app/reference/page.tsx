import type { Metadata } from 'next'
import Link from 'next/link'
import { DocsShell } from '../../docs/docs-shell.js'
import { referenceGroups } from '../../reference/groups.js'

export const metadata: Metadata = {
  title: 'Reference',
  description: 'Everything there is, from the records themselves.',
}

const parts = [
  {
    href: '/cells/',
    title: 'Cells',
    text: 'Equations, parameters, options, source, graph and card of every cell.',
  },
  {
    href: '/reference/ops/',
    title: 'Ops and derivatives',
    text: 'The primitives, each with its derivative.',
  },
  {
    href: '/reference/api/',
    title: 'Packages',
    text: 'Every function, type and constant, from its docstring.',
  },
  { href: '/reference/cli/', title: 'Command line', text: 'Every command and option.' },
  { href: '/architecture/', title: 'Architecture', text: 'How it works, in one page.' },
  { href: '/contributing/', title: 'Contributing', text: 'Add a cell in five minutes.' },
  { href: '/decisions/0001-sources-first/', title: 'Decisions', text: 'Why things are as they are.' },
]

export default function ReferencePage() {
  return (
    <DocsShell section="Reference" groups={referenceGroups()} url="/reference/">
      <h1>Reference</h1>
      <p>
        These pages are made of the records, the docstrings and the program itself, each time the site is
        built.
      </p>
      <ul className="parts">
        {parts.map(({ href, title, text }) => (
          <li key={href}>
            <Link href={href} prefetch={false}>
              {title}
            </Link>
            <span>{text}</span>
          </li>
        ))}
      </ul>
    </DocsShell>
  )
}
