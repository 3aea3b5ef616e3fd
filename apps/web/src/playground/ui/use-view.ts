'use client'

import { useEffect, useState } from 'react'

/** Pages draw at most this often, in milliseconds. */
const drawEvery = 125

/** The view of a session as it changes, not more often than a page can draw. */
export function useView<View>(session: { view(): View; subscribe(listener: () => void): () => void }): View {
  const [view, setView] = useState(() => session.view())
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const show = () => {
      timer = undefined
      setView(session.view())
    }
    show()
    const forget = session.subscribe(() => {
      timer ??= setTimeout(show, drawEvery)
    })
    return () => {
      clearTimeout(timer)
      forget()
    }
  }, [session])
  return view
}
