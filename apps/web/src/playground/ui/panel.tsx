import type { ReactNode } from 'react'
import styles from './page.module.css'

/** A picture with its title and, where it needs one, a sentence that says how to read it. */
export function Panel({
  title,
  note,
  children,
}: {
  readonly title: ReactNode
  readonly note?: ReactNode
  readonly children: ReactNode
}) {
  return (
    <section className={styles.panel}>
      <h3 className={styles.panelTitle}>{title}</h3>
      {children}
      {note !== undefined && <p className={styles.note}>{note}</p>}
    </section>
  )
}
