'use client'

import { del, get, set } from 'idb-keyval'
import { useCallback, useEffect, useState } from 'react'

/** Something that a browser keeps from one visit to the next. */
export interface Kept<Content> {
  /** what was there when the page was opened; null where nothing was, or it has been used */
  readonly found: Content | null
  keep(content: Content): void
  /** Takes what was found off the page; it stays kept. */
  use(): void
  forget(): void
}

/**
 * Keeps something under a name, which says the release of its form, too: what another release kept is left alone.
 * A browser that keeps nothing, as some private windows do, is no reason to complain.
 */
export function useKept<Content>(key: string): Kept<Content> {
  const [found, setFound] = useState<Content | null>(null)
  useEffect(() => {
    void get<Content>(key)
      .then((content) => setFound(content ?? null))
      .catch(() => {})
  }, [key])
  return {
    found,
    keep: useCallback((content: Content) => void set(key, content).catch(() => {}), [key]),
    use: useCallback(() => setFound(null), []),
    forget: useCallback(() => void del(key).catch(() => {}), [key]),
  }
}
