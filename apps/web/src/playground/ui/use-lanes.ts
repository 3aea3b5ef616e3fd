'use client'

import { useCallback, useEffect, useRef, useState } from 'react'
import type { SetupAddress } from '../engine/lanes/address.js'
import {
  lanesSession,
  type LanesSession,
  type LanesView,
  type LanesWorker,
  type SavedSession,
} from '../engine/lanes/session.js'
import type { Setup } from '../engine/lanes/setup.js'
import { useAddress } from './use-address.js'
import { useKept } from './use-kept.js'
import { useView } from './use-view.js'

/** A session is saved this often while it trains. */
const saveEvery = 4000

/** What is a page's own: its addresses, its worker, and where it keeps its last session. */
export interface LanesPage<Facts, Observation> {
  readonly address: SetupAddress
  /** names the release of its form, too: what another release kept is left alone */
  readonly key: string
  makeWorker(): LanesWorker<Facts, Observation>
}

/** The session of the page, which follows from its address. */
export interface UseLanes<Facts, Observation> {
  readonly session: LanesSession<Facts, Observation>
  readonly view: LanesView<Facts, Observation>
  /** whether the address has been read: before it, nothing can be started */
  readonly isReady: boolean
  /** the session that was kept when the page was closed, where there is one */
  readonly saved: SavedSession<Facts, Observation> | null
  /** Begins anew with another setup; it runs at once where the one before did. */
  change(setup: Setup): void
  /** Begins anew with the same setup. */
  restart(): void
  /** Goes on with the session that was kept. */
  resume(): void
}

/** What a page's address says beside the setup. */
export interface Beside {
  /** Takes it from an address. */
  read(address: string): void
  /** Adds it to an address. */
  print(address: string): string
}

/** Holds a session, shows its address and keeps it from one visit to the next. */
export function useLanes<Facts, Observation>(
  { address, key, makeWorker }: LanesPage<Facts, Observation>,
  beside?: Beside,
): UseLanes<Facts, Observation> {
  const [session, setSession] = useState(() => lanesSession(address.usual, makeWorker))
  const [isReady, setReady] = useState(false)
  const read = beside?.read
  const kept = useKept<SavedSession<Facts, Observation>>(key)
  const view = useView(session)
  const current = useRef(session)

  const begin = useCallback((next: LanesSession<Facts, Observation>) => {
    current.current.close()
    current.current = next
    setSession(next)
  }, [])

  useEffect(() => {
    begin(lanesSession(address.parse(window.location.search), makeWorker))
    read?.(window.location.search)
    setReady(true)
    return () => current.current.close()
  }, [begin, address, makeWorker, read])

  const { setup, status } = view
  const { found: saved, keep: keepContent } = kept
  const query = address.print(setup)
  useAddress(isReady ? (beside?.print(query) ?? query) : null)

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
    change(next) {
      const changed = lanesSession(next, makeWorker)
      begin(changed)
      if (status === 'running' || status === 'starting') changed.start()
    },
    restart() {
      kept.forget()
      const next = lanesSession({ ...setup, branches: [] }, makeWorker)
      begin(next)
      next.start()
    },
    resume() {
      if (saved === null) return
      begin(lanesSession(saved.setup, makeWorker, saved))
      kept.use()
    },
  }
}
