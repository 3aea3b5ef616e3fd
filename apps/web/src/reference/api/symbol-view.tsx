import Link from 'next/link'
import { Fragment } from 'react'
import type { ApiFacts, ApiPackage, ApiRow, ApiSymbol, Html } from './model.js'
import { addressOf } from './packages.js'
import styles from './api.module.css'

/** An export: its declaration, its docstring, and what can be said of its parts. */
export function SymbolView({ symbol, of }: { readonly symbol: ApiSymbol; readonly of: ApiPackage }) {
  const { name, anchor, kind, from, declaration, doc, facts, file, line } = symbol
  return (
    <section className={styles.symbol}>
      <h2 id={anchor}>
        {name} <span>{kind}</span>
      </h2>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, and so it must by keys */}
      <pre tabIndex={0}>
        <Linked code={declaration} symbol={symbol} of={of} />
      </pre>
      <Doc html={doc} of={of} />
      {facts.map((fact) => (
        <Facts key={fact.title} {...fact} symbol={symbol} of={of} />
      ))}
      <p className={styles.source}>
        from <code>{from}</code>, {file}, line {line}
      </p>
    </section>
  )
}

interface Within {
  readonly symbol: ApiSymbol
  readonly of: ApiPackage
}

function Facts({ title, rows, symbol, of }: ApiFacts & Within) {
  const nameless = rows.every(({ code }) => code === '')
  return (
    <>
      <h3>{title}</h3>
      {nameless ? (
        rows.map((row) => <Doc key={row.doc} html={row.doc} of={of} />)
      ) : (
        <dl>
          {rows.map((row) => (
            <Row key={row.code} row={row} symbol={symbol} of={of} />
          ))}
        </dl>
      )}
    </>
  )
}

const Row = ({ row: { code, doc }, symbol, of }: Within & { readonly row: ApiRow }) => (
  <>
    <dt>
      <code>
        <Linked code={code} symbol={symbol} of={of} />
      </code>
    </dt>
    <dd>
      <Doc html={doc} of={of} />
    </dd>
  </>
)

/** Code in which the names of exported types lead to them. */
function Linked({ code, symbol: { name, mentions }, of }: Within & { readonly code: string }) {
  const parts = code.split(/\b([A-Z]\w*)\b/)
  return parts.map((part, index) => {
    const url = part !== name && mentions.includes(part) ? addressOf(part, of.folder) : undefined
    return (
      // oxlint-disable-next-line react/no-array-index-key -- the parts of a text never move
      <Fragment key={index}>
        {url === undefined ? (
          part
        ) : (
          <Link href={url} prefetch={false}>
            {part}
          </Link>
        )}
      </Fragment>
    )
  })
}

// what Link does for addresses that it is given
const basePath = process.env['BASE_PATH'] ?? ''

/** A docstring; names in it that only an export can have lead there. */
function Doc({ html, of }: { readonly html: Html; readonly of: ApiPackage }) {
  const linked = html.replaceAll(/<code>(\w*[A-Z]\w*)<\/code>/g, (code, name: string) => {
    const url = addressOf(name, of.folder)
    return url === undefined ? code : `<a href="${basePath}${url}">${code}</a>`
  })
  return <div className={styles.doc} dangerouslySetInnerHTML={{ __html: linked }} />
}
