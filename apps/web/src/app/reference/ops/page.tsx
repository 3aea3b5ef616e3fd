import { primitives, type Op } from '@tapeloop/core'
import type { Metadata } from 'next'
import Link from 'next/link'
import { DocsShell } from '../../../docs/docs-shell.js'
import { addressOf } from '../../../reference/api/packages.js'
import { Code } from '../../../reference/code.js'
import { derivativeOf } from '../../../reference/derivatives.js'
import { Formula } from '../../../reference/formula.js'
import { referenceGroups } from '../../../reference/groups.js'
import { recordOf } from '../../../reference/op-source.js'

export const metadata: Metadata = {
  title: 'Ops and derivatives',
  description: 'Every primitive op of Tapeloop with its formula, its derivative and its record.',
}

export default function OpsPage() {
  const ops = Object.entries(primitives) as unknown as readonly (readonly [string, Op])[]
  return (
    <DocsShell
      section="Reference"
      groups={referenceGroups()}
      url="/reference/ops/"
      toc={ops.map(([name]) => ({ title: name, url: `#${name}`, depth: 2 }))}
    >
      <h1>Ops and derivatives</h1>
      <p>
        Everything is composed of these {ops.length} primitives. Each is one record, and the derivative stands
        in it, written with ops, so that derivatives have derivatives. What you read here is taken from the
        records.
      </p>
      {ops.map(([name, op]) => (
        <section key={name} className="op">
          <h2 id={name}>{op.name}</h2>
          <div className="formulas">
            <Formula tex={op.formula.includes('=') ? op.formula : `y = ${op.formula}`} />
            <DerivativeOf op={op} />
          </div>
          <CalledAs name={name} />
          <details>
            <summary>The record of {op.name}</summary>
            <Code code={recordOf(name)} />
          </details>
        </section>
      ))}
    </DocsShell>
  )
}

/** Where the function is described that records this op; some ops have none of their name. */
function CalledAs({ name }: { readonly name: string }) {
  const url = addressOf(name, 'core')
  if (url === undefined) return null
  return (
    <p className="called">
      Called as{' '}
      <Link href={url} prefetch={false}>
        <code>{name}</code>
      </Link>
    </p>
  )
}

function DerivativeOf({ op }: { readonly op: Op }) {
  const derivative = derivativeOf(op)
  if ('sentence' in derivative) return <p>{derivative.sentence}</p>
  return derivative.partials.map((tex) => <Formula key={tex} tex={tex} />)
}
