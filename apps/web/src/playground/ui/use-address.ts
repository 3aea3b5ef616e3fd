'use client'

import { useEffect } from 'react'

/** Shows a state in the address of the page; null leaves it as it is, which it is before it has been read. */
export function useAddress(query: string | null): void {
  useEffect(() => {
    if (query === null) return
    window.history.replaceState(null, '', query === '' ? window.location.pathname : `?${query}`)
  }, [query])
}
