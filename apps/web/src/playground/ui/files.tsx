'use client'

import type { ReactNode } from 'react'
import styles from './controls.module.css'

/** A button that lets a visitor choose a file. */
export function FileButton({
  accept,
  onTake,
  children,
}: {
  /** endings of names, such as `.zip` */
  readonly accept: string
  readonly onTake: (file: File) => void
  readonly children: ReactNode
}) {
  return (
    <label className={`${styles.quiet} ${styles.file}`}>
      {children}
      <input
        type="file"
        accept={accept}
        onChange={({ target }) => {
          const [file] = target.files ?? []
          if (file) onTake(file)
          // the same file can be chosen again
          target.value = ''
        }}
      />
    </label>
  )
}

/** Hands a visitor a file. */
export function download(content: Blob, name: string): void {
  const url = URL.createObjectURL(content)
  Object.assign(document.createElement('a'), { href: url, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
