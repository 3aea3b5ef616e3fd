'use client'

import { themeKey } from './theme.js'
import styles from './top-bar.module.css'

/** Changes between light and dark, and remembers it. */
export function ThemeToggle() {
  const toggle = () => {
    const root = document.documentElement
    const theme = getComputedStyle(root).getPropertyValue('--theme').trim() === 'dark' ? 'light' : 'dark'
    root.dataset['theme'] = theme
    localStorage.setItem(themeKey, theme)
  }
  return (
    <button type="button" className={styles.tool} onClick={toggle} aria-label="Change between light and dark">
      <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
        <circle cx="10" cy="10" r="7.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
        <path d="M10 2.75a7.25 7.25 0 0 1 0 14.5z" fill="currentColor" />
      </svg>
    </button>
  )
}
