import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { setDefaultBackend } from '@tapeloop/core'
import { wasm } from '@tapeloop/backend-wasm'
import { fileStorage } from '@tapeloop/formats/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { filesOf, putFiles, type RunFiles } from '../run-files.js'
import { usualSettings } from './config.js'
import { beginTextRun, openTextRun, type TextRun, type TextRunConfig } from './run.js'
import { sampleTexts } from './samples.js'
import { trainText, type TextEvent } from './text.js'

let folder = ''
beforeAll(async () => {
  setDefaultBackend(await wasm())
  folder = await mkdtemp(join(tmpdir(), 'tapeloop-text-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const sums = (sampleTexts['sums']!.text as () => string)()

const config: TextRunConfig = {
  ...usualSettings,
  text: 'sums',
  options: {},
  embedding: 0,
  wide: false,
  hidden: 12,
  seqLength: 16,
  batchSize: 8,
  steps: 20,
  validFraction: 0.1,
  validEvery: 10,
  sampleEvery: 10,
  checkpointEvery: 10,
}

/** Trains a run until its end. */
async function trained(run: TextRun): Promise<TextEvent[]> {
  const events: TextEvent[] = []
  await new Promise<void>((resolve, reject) => {
    void trainText(run, (event) => {
      events.push(event)
      if (event.type === 'ended') resolve()
      if (event.type === 'failed') reject(new Error(event.message))
    }).then((training) => training.resume())
  })
  return events
}

const lossesOf = (events: readonly TextEvent[]) =>
  events.flatMap((event) => (event.type === 'progress' ? [event.loss] : []))

describe('a text', () => {
  let run: TextRun
  let events: TextEvent[]
  let files: RunFiles
  beforeAll(async () => {
    run = await beginTextRun(sums, config)
    events = await trained(run)
    files = await filesOf(run.storage)
  })

  test('is learned, with what counting costs to compare with', () => {
    const opened = events.find((event) => event.type === 'opened')!
    expect(opened.vocabulary).toBe(13)
    const bits = opened.baselines.map(({ bitsPerCharacter }) => bitsPerCharacter)
    expect(bits).toHaveLength(5)
    expect(bits[0]).toBeGreaterThan(bits[1]!)
    const losses = lossesOf(events)
    expect(losses).toHaveLength(20)
    expect(losses.at(-1)).toBeLessThan(losses[0]!)
    expect(events.filter(({ type }) => type === 'validation')).not.toHaveLength(0)
  })

  test('is read aloud while it is learned', () => {
    const { reading } = events.findLast((event) => event.type === 'reading')!
    expect(sums).toContain(reading.text)
    expect(reading.values).toHaveLength(reading.text.length * reading.units)
    expect(reading.active).toHaveLength(12)
    expect(reading.next).toHaveLength(reading.text.length)
    const [first, second] = reading.next[0]!
    expect(first![1]).toBeGreaterThanOrEqual(second![1])
    const { texts } = events.findLast((event) => event.type === 'samples')!
    expect(texts.map(({ length }) => length)).toEqual([160, 160, 160])
  })

  test('goes on from its files as if it had never stopped', async () => {
    const half = await beginTextRun(sums, config)
    const before: TextEvent[] = []
    let training: Awaited<ReturnType<typeof trainText>> | undefined
    await new Promise<void>((resolve, reject) => {
      void trainText(half, (event) => {
        before.push(event)
        if (event.type === 'files') resolve()
        if (event.type === 'failed') reject(new Error(event.message))
      }).then((started) => (training = started).resume())
    })
    training!.stop()
    const { files: kept } = before.findLast((event) => event.type === 'files')!
    const after = await trained(await openTextRun(kept))
    const opened = after.find((event) => event.type === 'opened')!
    expect([...opened.losses, ...lossesOf(after)]).toEqual(lossesOf(events))
  })

  test('is continued by the command line', async () => {
    await putFiles(fileStorage(folder), files)
    const root = fileURLToPath(new URL('../../../../../..', import.meta.url))
    const tapeloop = (...args: readonly string[]) =>
      promisify(execFile)(process.execPath, ['--import', 'tsx', 'apps/cli/src/main.ts', ...args], {
        cwd: root,
        timeout: 100_000,
      })
    const { stdout } = await tapeloop('sample', folder, '--length', '20', '--prime', '1+1=')
    expect(stdout.length).toBeGreaterThan(10)
    expect(JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'))).toMatchObject({ config })
  })

  test.each([
    ['run.json', '{', /not valid JSON/],
    [
      'run.json',
      JSON.stringify({
        format: 'tapeloop-run',
        version: 1,
        command: '',
        seed: 1,
        versions: {},
        config: { cell: 'mine' },
      }),
      /there is no cell "mine" here/,
    ],
  ])('whose %s is %s is refused in one sentence', async (path, content, sentence) => {
    await expect(openTextRun({ ...files, [path]: new TextEncoder().encode(content) })).rejects.toThrow(
      sentence,
    )
  })

  test('that lacks a file is refused in one sentence', async () => {
    const { 'text.txt': _, ...rest } = files
    await expect(openTextRun(rest)).rejects.toThrow('The run lacks text.txt')
  })

  test('that is too short says how long it must be', async () => {
    await expect(beginTextRun('too short', config)).rejects.toThrow(
      'The text has 9 characters, but these settings need 144; give a longer text, or less sequences a step.',
    )
  })
})
