'use client'

import { useEffect } from 'react'
import { isIsolationWanted } from './isolation.js'

declare global {
  interface Window {
    /** What coi-serviceworker reads of the page. */
    coi?: { readonly quiet?: boolean; readonly shouldDeregister?: () => boolean }
  }
}

/**
 * Gives the page threads on hosts that send no headers: a service worker adds them, after one reload. Nothing happens
 * where the host sends them, where the browser refuses, or where the visitor does not want it.
 */
export function CrossOriginIsolation() {
  useEffect(() => {
    if (!isIsolationWanted()) {
      window.coi = { quiet: true, shouldDeregister: () => true }
      if (!navigator.serviceWorker?.controller) return
    } else window.coi = { quiet: true }
    const script = document.createElement('script')
    script.src = `${process.env['NEXT_PUBLIC_BASE_PATH'] ?? ''}/coi-serviceworker.min.js`
    document.head.append(script)
    return () => script.remove()
  }, [])
  return null
}
