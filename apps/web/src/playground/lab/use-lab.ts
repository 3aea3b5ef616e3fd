'use client'

import { useCallback, useEffect, useRef, useState } from 'react'
import {
  labSession,
  type LabSession,
  type LabView,
  type LabWorker,
  type SavedSession,
} from '../engine/lab/session.js'
import type { LabSetup } from '../engine/lab/setup.js'
import { parseSetup, printSetup, usualSetup } from '../engine/lab/url.js'
import { useAddress } from '../ui/use-address.js'
import { useKept } from '../ui/use-kept.js'
import { useView } from '../ui/use-view.js'

const makeWorker = (): LabWorker =>
  new Worker(new URL('../engine/lab/lab.worker.ts', import.meta.url), { type: 'module' }) as LabWorker

/** Where the last session is kept; sessions saved by another release are left alone. */
const savedKey = 'gradient-lab 2'

/** A session is saved this often while it trains. */
const saveEvery = 4000

/** The session of the page, which follows from its address. */
export interface UseLab {
  readonly session: LabSession
  readonly view: LabView
  /** whether the address has been read: before it, nothing can be started */
  readonly isReady: boolean
  /** the session that was kept when the page was closed, where there is one */
  readonly saved: SavedSession | null
  /** Begins anew with another setup; it runs at once where the one before did. */
  change(setup: LabSetup, isRunning: boolean): void
  /** Begins anew with the same setup. */
  restart(): void
  /** Goes on with the session that was kept. */
  resume(): void
}

/** Holds a session, shows its address and keeps it from one visit to the next. */
export function useLab(): UseLab {
  const [session, setSession] = useState(() => labSession(usualSetup, makeWorker))
  const [isReady, setReady] = useState(false)
  const kept = useKept<SavedSession>(savedKey)
  const view = useView(session)
  const current = useRef(session)

  const begin = useCallback((next: LabSession) => {
    current.current.close()
    current.current = next
    setSession(next)
  }, [])

  useEffect(() => {
    const setup = parseSetup(window.location.search)
    begin(labSession(setup, makeWorker))
    setReady(true)
    return () => current.current.close()
  }, [begin])

  const { setup, status } = view
  const { found: saved, keep: keepContent } = kept
  useAddress(isReady ? printSetup(setup) : null)

  useEffect(() => {
    if (status !== 'running' && status !== 'paused' && status !== 'over') return
    const keep = () => void session.save().then((content) => content && keepContent(content))
    keep()
    const timer = status === 'running' ? setInterval(keep, saveEvery) : undefined
    return () => clearInterval(timer)
  }, [session, status, keepContent])

  return {
    session,
    view,
    isReady,
    saved,
    change(setup, isRunning) {
      const next = labSession(setup, makeWorker)
      begin(next)
      if (isRunning) next.start()
    },
    restart() {
      kept.forget()
      const next = labSession({ ...setup, branches: [] }, makeWorker)
      begin(next)
      next.start()
    },
    resume() {
      if (saved === null) return
      begin(labSession(saved.setup, makeWorker, saved))
      kept.use()
    },
  }
}
