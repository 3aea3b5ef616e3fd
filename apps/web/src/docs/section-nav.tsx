'use client'

import Link from 'next/link'
import { useEffect, useRef } from 'react'
import styles from './docs-shell.module.css'
import type { SectionGroup } from './section.js'

/** The pages of a section; folded on a narrow screen. */
export function SectionNav({
  section,
  groups,
  url,
}: {
  readonly section: string
  readonly groups: readonly SectionGroup[]
  readonly url: string
}) {
  const ref = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    const wide = matchMedia('(min-width: 62rem)')
    const follow = () => ref.current?.toggleAttribute('open', wide.matches)
    follow()
    wide.addEventListener('change', follow)
    return () => wide.removeEventListener('change', follow)
  }, [])
  return (
    <details ref={ref} className={styles.nav}>
      <summary>All of {section}</summary>
      <nav aria-label={section}>
        {groups.map(({ title, items }) => (
          <section key={items[0]?.url}>
            {title && <h2>{title}</h2>}
            <ul>
              {items.map((item) => (
                <li key={item.url}>
                  <Link href={item.url} prefetch={false} aria-current={item.url === url ? 'page' : undefined}>
                    {item.title}
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </nav>
    </details>
  )
}
