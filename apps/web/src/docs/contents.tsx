'use client'

import { AnchorProvider, TOCItem, type TOCItemType } from 'fumadocs-core/toc'
import styles from './docs-shell.module.css'

/** The headings of the page; those on the screen are marked. */
export function Contents({ toc }: { readonly toc: readonly TOCItemType[] }) {
  const items = toc.filter(({ depth }) => depth === 2 || depth === 3)
  if (items.length < 2) return <div className={styles.contents} />
  return (
    <AnchorProvider toc={[...items]}>
      <nav className={styles.contents} aria-label="On this page">
        <h2>On this page</h2>
        <ul>
          {items.map(({ title, url, depth }) => (
            <li key={url} data-depth={depth}>
              <TOCItem href={url}>{title}</TOCItem>
            </li>
          ))}
        </ul>
      </nav>
    </AnchorProvider>
  )
}
