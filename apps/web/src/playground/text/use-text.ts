'use client'

import { decodeText } from '@tapeloop/data'
import { useCallback, useEffect, useState } from 'react'
import { registry } from '../engine/registry.js'
import { optimizers } from '@tapeloop/train'
import { packRun, unpackRun } from '../engine/archive.js'
import { type RunFiles } from '../engine/run-files.js'
import { sentenceOf } from '../engine/sentence.js'
import { parseText, printText, usualSettings, type TextSettings } from '../engine/text/config.js'
import type { TextRunConfig } from '../engine/text/run.js'
import { sampleTexts } from '../engine/text/samples.js'
import { textSession, type TextSession, type TextView, type TextWorker } from '../engine/text/session.js'
import { download } from '../ui/files.js'
import { useAddress } from '../ui/use-address.js'
import { useKept } from '../ui/use-kept.js'
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
  /** whether settings and text are as an address says */
  isShown(address: string): boolean
  change(settings: TextSettings): void
  pick(sample: string): void
  give(text: string, title: string): void
  take(file: File): Promise<void>
  train(): void
  /** Sets all as an address says, and forgets the training. */
  show(address: string): void
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
  const { found: saved, keep } = useKept<RunFiles>(savedKey)

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

  const show = useCallback(
    (address: string) => {
      setSettings(parseText(address, known))
      const sample = new URLSearchParams(address).get('sample') ?? usualSample
      void pick(Object.hasOwn(sampleTexts, sample) ? sample : usualSample)
    },
    [pick],
  )
  useEffect(() => {
    show(window.location.search)
    return () => session.close()
  }, [show, session])
  useAddress(source.title === '' ? null : printText(settings, source.name, usualSample))

  const { files } = view
  useEffect(() => {
    if (files !== null) keep(files)
  }, [files, keep])

  const attempt = async (work: () => Promise<void>) => {
    try {
      setProblem(null)
      await work()
    } catch (error) {
      setProblem(sentenceOf(error))
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
    isShown: (address) =>
      printText(
        parseText(address, known),
        new URLSearchParams(address).get('sample') ?? usualSample,
        usualSample,
      ) === printText(settings, source.name, usualSample),
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
      if (text !== null) session.start({ type: 'begin', text, config: configOf(settings, title) })
    },
    show(address) {
      session.reset()
      show(address)
    },
    resumeSaved() {
      if (saved !== null) session.open(saved)
    },
    download: () =>
      attempt(async () => {
        const name = `tapeloop-${view.opened?.config.cell ?? 'run'}`
        download(await packRun(files!, name), `${name}.zip`)
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
