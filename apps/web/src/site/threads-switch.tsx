'use client'

import { useEffect, useState } from 'react'
import { isIsolationWanted, setIsolationWanted } from './isolation.js'
import styles from './threads-switch.module.css'

/** Lets the visitor do without threads, and so without the service worker that they may need. */
export function ThreadsSwitch() {
  const [isWanted, setWanted] = useState(true)
  useEffect(() => setWanted(isIsolationWanted()), [])
  const change = (wanted: boolean) => {
    setIsolationWanted(wanted)
    location.reload()
  }
  return (
    <footer className={styles.footer}>
      <label>
        <input type="checkbox" checked={isWanted} onChange={(event) => change(event.target.checked)} />
        Use threads. Where the host does not allow them by itself, a service worker does; the page is then
        loaded twice the first time.
      </label>
    </footer>
  )
}
