import type { Metadata } from 'next'
import Link from 'next/link'
import { DocsShell } from '../../docs/docs-shell.js'
import { Formula } from '../../reference/formula.js'
import { allCells, cellGroups } from '../../reference/groups.js'

export const metadata: Metadata = {
  title: 'Cells',
  description: 'Every recurrent cell of Tapeloop, from the simple RNN to xLSTM.',
}

export default function CellsPage() {
  return (
    <DocsShell section="Cells" groups={cellGroups} url="/cells/">
      <h1>{allCells.length} cells</h1>
      <p>
        Each is one record: its equations, options, state, parameters and a pure step. Everything else follows
        from it: the gradient, the compiled loop, its flag in the command line, its proof, and its page here.
      </p>
      <ul className="cells">
        {allCells.map(({ name, title, equations }) => (
          <li key={name}>
            <h2>
              <Link href={`/cells/${name}/`} prefetch={false}>
                {title}
              </Link>
            </h2>
            <p>
              <code>{name}</code>
            </p>
            <Formula tex={equations} />
          </li>
        ))}
      </ul>
    </DocsShell>
  )
}
