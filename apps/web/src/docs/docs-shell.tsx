import type { TOCItemType } from 'fumadocs-core/toc'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { Contents } from './contents.js'
import styles from './docs-shell.module.css'
import type { SectionGroup } from './section.js'
import { SectionNav } from './section-nav.js'

/** A page with the list of its section on one side and its own contents on the other. */
export function DocsShell({
  section,
  groups,
  url,
  toc = [],
  children,
}: {
  readonly section: string
  readonly groups: readonly SectionGroup[]
  readonly url: string
  readonly toc?: readonly TOCItemType[]
  readonly children: ReactNode
}) {
  const items = groups.flatMap(({ items }) => items)
  const index = items.findIndex((item) => item.url === url)
  const [before, after] = index < 0 ? [] : [items[index - 1], items[index + 1]]
  return (
    <div className={styles.shell}>
      <SectionNav section={section} groups={groups} url={url} />
      <main id="content" className={styles.main}>
        <article className="prose">{children}</article>
        <nav className={styles.neighbours} aria-label="Neighbouring pages">
          {before && (
            <Link href={before.url} rel="prev" prefetch={false}>
              <span>Before</span>
              {before.title}
            </Link>
          )}
          {after && (
            <Link href={after.url} rel="next" className={styles.next} prefetch={false}>
              <span>Next</span>
              {after.title}
            </Link>
          )}
        </nav>
      </main>
      <Contents toc={toc} />
    </div>
  )
}
