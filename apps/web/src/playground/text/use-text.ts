'use client'

import { decodeText } from '@tapeloop/data'
import { get, set } from 'idb-keyval'
import { useCallback, useEffect, useRef, useState } from 'react'
import { registry } from '../engine/lab/model.js'
import { optimizers } from '@tapeloop/train'
import { packRun, unpackRun } from '../engine/text/archive.js'
import { parseText, printText, usualSettings, type TextSettings } from '../engine/text/config.js'
import type { RunFiles, TextRunConfig } from '../engine/text/run.js'
import { sampleTexts } from '../engine/text/samples.js'
import { textSession, type TextSession, type TextView, type TextWorker } from '../engine/text/session.js'
import { useView } from '../ui/use-view.js'

const makeWorker = (): TextWorker =>
  new Worker(new URL('../engine/text/text.worker.ts', import.meta.url), { type: 'module' }) as TextWorker

/** Where the last run is kept; those of another release are left alone. */
const savedKey = 'text 1'

const usualSample = Object.keys(sampleTexts)[0]!
/** What the visitor's own text is called in an address. */
export const ownText = 'own'

const known = { cells: Object.keys(registry), optimizers: Object.keys(optimizers) }
const mostCharacters = 4_000_000

/** A text to learn. */
export interface Source {
  /** of a sample, or `ownText` */
  readonly name: string
  readonly title: string
  /** null while it is fetched */
  readonly text: string | null
}

/** The page's training, its settings and its files. */
export interface UseText {
  readonly session: TextSession
  readonly view: TextView
  readonly settings: TextSettings
  readonly source: Source
  /** why a file or a text cannot be used */
  readonly problem: string | null
  /** the run that was kept when the page was closed */
  readonly saved: RunFiles | null
  change(settings: TextSettings): void
  pick(sample: string): void
  give(text: string, title: string): void
  take(file: File): Promise<void>
  train(): void
  reset(): void
  resumeSaved(): void
  download(): Promise<void>
}

/** Holds the training of a text, shows its settings in the address, and keeps its run from one visit to the next. */
export function useText(): UseText {
  const [session] = useState(() => textSession(makeWorker))
  const view = useView(session)
  const [settings, setSettings] = useState<TextSettings>(usualSettings)
  const [source, setSource] = useState<Source>({ name: usualSample, title: '', text: null })
  const [problem, setProblem] = useState<string | null>(null)
  const [saved, setSaved] = useState<RunFiles | null>(null)
  const isRead = useRef(false)

  const pick = useCallback(async (name: string) => {
    const { title, text } = sampleTexts[name]!
    setProblem(null)
    setSource({ name, title, text: typeof text === 'function' ? text() : null })
    if (typeof text === 'function') return
    try {
      const response = await fetch(new URL(text.path, window.location.href))
      if (!response.ok) throw new Error(String(response.status))
      const fetched = await response.text()
      setSource((now) => (now.name === name ? { name, title, text: fetched } : now))
    } catch {
      setProblem(`${title} could not be fetched; choose another text, or try again when you are online.`)
    }
  }, [])

  useEffect(() => {
    const address = window.location.search
    setSettings(parseText(address, known))
    const sample = new URLSearchParams(address).get('sample') ?? usualSample
    void pick(Object.hasOwn(sampleTexts, sample) ? sample : usualSample)
    isRead.current = true
    void get<RunFiles>(savedKey)
      .then((files) => setSaved(files ?? null))
      // a browser that keeps nothing, as some private windows do
      .catch(() => {})
    return () => session.close()
  }, [pick, session])

  useEffect(() => {
    if (!isRead.current || source.title === '') return
    const query = printText(settings, source.name, usualSample)
    window.history.replaceState(null, '', query === '' ? window.location.pathname : `?${query}`)
  }, [settings, source])

  const { files } = view
  useEffect(() => {
    if (files !== null) void set(savedKey, files).catch(() => {})
  }, [files])

  const attempt = async (work: () => Promise<void>) => {
    try {
      setProblem(null)
      await work()
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error))
    }
  }
  const give = (text: string, title: string) => {
    if (text.length > mostCharacters) {
      setProblem(`${title} has ${text.length} characters; a page learns from at most ${mostCharacters}.`)
    } else setSource({ name: ownText, title, text })
  }

  return {
    session,
    view,
    settings,
    source,
    problem,
    saved,
    change: setSettings,
    pick: (sample) => void pick(sample),
    give,
    take: (file) =>
      attempt(async () => {
        const bytes = new Uint8Array(await file.arrayBuffer())
        if (file.name.endsWith('.zip')) session.open(await unpackRun(bytes))
        else give(decodeText(bytes, { name: file.name }).text, file.name)
      }),
    train() {
      const { text, title } = source
      if (text !== null) session.start(text, configOf(settings, title))
    },
    reset: () => session.reset(),
    resumeSaved() {
      if (saved !== null) session.open(saved)
    },
    download: () =>
      attempt(async () => {
        const name = `tapeloop-${view.opened?.config.cell ?? 'run'}`
        const url = URL.createObjectURL(await packRun(files!, name))
        Object.assign(document.createElement('a'), { href: url, download: `${name}.zip` }).click()
        setTimeout(() => URL.revokeObjectURL(url), 10_000)
      }),
  }
}

/** The configuration of a run, as the command line has it. */
function configOf(settings: TextSettings, text: string): TextRunConfig {
  const { steps } = settings
  return {
    ...settings,
    text,
    options: {},
    embedding: 0,
    wide: false,
    validFraction: 0.1,
    validEvery: tens(steps / 15),
    sampleEvery: tens(steps / 20),
    checkpointEvery: tens(steps / 6),
  }
}

/** A number of steps after which the newest parameters are at hand. */
const tens = (steps: number): number => 10 * Math.max(1, Math.round(steps / 10))

/** The step of the last checkpoint among files. */
export function stepOf(files: RunFiles): number {
  return Math.max(
    0,
    ...Object.keys(files).map((path) => Number(/^checkpoints\/step-(\d+)\//.exec(path)?.[1] ?? 0)),
  )
}
