'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'
import styles from './top-bar.module.css'

const sections = [
  { title: 'Learn', href: '/learn/' },
  { title: 'Guides', href: '/guides/' },
  { title: 'Cells', href: '/cells/' },
  { title: 'Playground', href: '/playground/' },
  { title: 'Reference', href: '/reference/' },
]

/** The sections of the site; the one that the page is in is marked. */
export function NavLinks() {
  const pathname = usePathname()
  return (
    <nav className={styles.links} aria-label="Sections">
      {sections.map(({ title, href }) => (
        <Link
          key={href}
          href={href}
          className={styles.link}
          aria-current={pathname.startsWith(href) ? 'true' : undefined}
        >
          {title}
        </Link>
      ))}
    </nav>
  )
}
