import type { Metadata } from 'next'
import Link from 'next/link'
import { DocsShell } from '../../../docs/docs-shell.js'
import { allSymbols, apiPackages, packageUrl } from '../../../reference/api/packages.js'
import { referenceGroups } from '../../../reference/groups.js'

export const metadata: Metadata = {
  title: 'Packages',
  description: 'Every package of Tapeloop with all its exports, from their docstrings.',
}

export default function ApiIndexPage() {
  return (
    <DocsShell section="Reference" groups={referenceGroups()} url="/reference/api/">
      <h1>Packages</h1>
      <p>
        {allSymbols.length} functions, types and constants, as their sources declare and describe them.{' '}
        <Link href="/guides/use-one-package/">Use one package</Link> says which one to take.
      </p>
      <ul className="parts">
        {apiPackages.map((of) => (
          <li key={of.name}>
            <Link href={packageUrl(of)} prefetch={false}>
              {of.name}
            </Link>
            <span>{of.description}.</span>
          </li>
        ))}
      </ul>
    </DocsShell>
  )
}
