'use client'

import type { ReactNode } from 'react'
import { presets, type Preset } from '../presets.js'
import { Chip, controls } from './controls.js'
import styles from './page.module.css'

/** What every page of the playground is: its name, what it is for, its presets, and what there is to do. */
export function PlaygroundPage({
  page,
  title,
  lead,
  isShown,
  onPreset,
  children,
}: {
  readonly page: Preset['page']
  readonly title: string
  readonly lead: ReactNode
  /** whether the page is as an address says */
  readonly isShown: (query: string) => boolean
  readonly onPreset: (query: string) => void
  readonly children: ReactNode
}) {
  return (
    <main id="content" className={styles.page}>
      <header className={styles.head}>
        <h1>{title}</h1>
        <p className={styles.lead}>{lead}</p>
      </header>
      <nav className={styles.presets} aria-label="Presets">
        <ul className={controls.chips}>
          {presets
            .filter((preset) => preset.page === page)
            .map(({ title, teaches, query }) => (
              <li key={title}>
                <Chip title={teaches} aria-pressed={isShown(query)} onClick={() => onPreset(query)}>
                  {title}
                </Chip>
              </li>
            ))}
        </ul>
      </nav>
      {children}
    </main>
  )
}

/** What is wrong, for all to read and hear; nothing where nothing is. */
export function Problem({ message }: { readonly message: string | null }) {
  if (message === null) return null
  return (
    <p className={styles.problem} role="alert">
      {message}
    </p>
  )
}
