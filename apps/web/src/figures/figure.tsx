import type { ReactNode } from 'react'
import styles from './figures.module.css'

/** A figure: its picture, what can be set, and what it shows. */
export const Figure = ({
  children,
  controls,
  caption,
  error,
}: {
  readonly children: ReactNode
  readonly controls?: ReactNode
  readonly caption?: ReactNode
  readonly error?: string | undefined
}) => (
  <figure className={styles.figure}>
    {controls && <div className={styles.controls}>{controls}</div>}
    {error === undefined ? children : <p role="alert">The figure could not be computed: {error}</p>}
    {caption && <figcaption className={styles.caption}>{caption}</figcaption>}
  </figure>
)
