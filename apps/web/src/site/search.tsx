'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useRef, useState } from 'react'
import styles from './search.module.css'

/** Opens the search; everything else of it is loaded when it is first asked for. */
export function Search() {
  const dialog = useRef<HTMLDialogElement>(null)
  const [Panel, setPanel] = useState<typeof import('./search-panel.js').SearchPanel>()
  const router = useRouter()

  const open = () => {
    dialog.current?.showModal()
    void import('./search-panel.js').then(({ SearchPanel }) => setPanel(() => SearchPanel))
  }
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isTyping =
        event.target instanceof HTMLElement && event.target.closest('input, textarea, [contenteditable]')
      const isAsked =
        (event.key === 'k' && (event.metaKey || event.ctrlKey)) || (event.key === '/' && !isTyping)
      if (!isAsked || dialog.current?.open) return
      event.preventDefault()
      open()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])

  return (
    <>
      <button type="button" className={styles.open} onClick={open} aria-label="Search" aria-keyshortcuts="/">
        <svg viewBox="0 0 20 20" width="17" height="17" aria-hidden="true" fill="none" stroke="currentColor">
          <circle cx="8.5" cy="8.5" r="5.5" strokeWidth="1.6" />
          <path d="m13 13 4.5 4.5" strokeWidth="1.6" strokeLinecap="round" />
        </svg>
        <span className={styles.hint}>Search</span>
        <kbd>/</kbd>
      </button>
      <dialog ref={dialog} className={styles.dialog} aria-label="Search">
        {Panel && (
          <Panel
            go={(url) => {
              dialog.current?.close()
              router.push(url)
            }}
          />
        )}
      </dialog>
    </>
  )
}
