import Link from 'next/link'
import type { ApiPage } from './model.js'
import styles from './api.module.css'

/** The names on a page, each with the first sentence of its docstring. */
export const NamesList = ({ page }: { readonly page: ApiPage }) => (
  <dl className={styles.list}>
    {page.symbols.map(({ name, anchor, summary }) => (
      <div key={anchor}>
        <dt>
          <Link href={`${page.url}#${anchor}`} prefetch={false}>
            <code>{name}</code>
          </Link>
        </dt>
        <dd>{summary}</dd>
      </div>
    ))}
  </dl>
)
