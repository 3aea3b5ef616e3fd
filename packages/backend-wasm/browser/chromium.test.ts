import { reference, wasm } from '@tapeloop/tapeloop'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { chromiumPath } from '../../../scripts/chromium.js'
import { trained, type Training } from '../fixtures/character-model.js'
import { digests, sizes, steps } from '../fixtures/determinism.js'
import { openSite, type Page, type Site } from './site.js'
import type { Call } from './tasks.js'

const executablePath = chromiumPath()
const lstm: Training = { cell: 'lstm', ...sizes }
/** Enough work to share it. */
const large: Training = { cell: 'lstm', hiddenSize: 64, batchSize: 16, seqLength: 16 }

describe('in Chromium', { timeout: 60_000 }, () => {
  let browser: Browser
  let site: Site
  beforeAll(async () => {
    if (executablePath === null) return
    ;[browser, site] = await Promise.all([chromium.launch({ executablePath }), openSite()])
  }, 60_000)
  afterAll(async () => {
    if (executablePath === null) return
    site.close()
    await browser.close()
  })
  beforeEach((context) => {
    if (executablePath === null) context.skip('there is no Chromium, and CHROMIUM_PATH names none')
  })

  /** Opens a page that does something; what came of it, and what it warned of. */
  async function visit(path: Page, call: Call, { inWorker = false } = {}) {
    const page = await browser.newPage()
    const warnings: string[] = []
    page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()))
    page.on('pageerror', ({ message }) => warnings.push(message))
    await page.goto(`${site.origin}${path}#${encodeURIComponent(JSON.stringify({ call, inWorker }))}`)
    const [outcome, isIsolated] = await page.evaluate<[unknown, boolean]>(
      'Promise.all([globalThis.outcome, globalThis.crossOriginIsolated])',
    )
    await page.close()
    return { outcome, isIsolated, warnings }
  }

  const places = [
    { path: '/', inWorker: false, isIsolated: false },
    { path: '/', inWorker: true, isIsolated: false },
    { path: '/isolated', inWorker: false, isIsolated: true },
    { path: '/isolated', inWorker: true, isIsolated: true },
  ] as const

  describe.each(places)('at $path, in a worker: $inWorker', ({ path, inWorker, isIsolated }) => {
    test('training gives the numbers of Node, to rounding', async () => {
      const found = await visit(path, { name: 'train', args: [{}, lstm, steps] }, { inWorker })
      expect(found).toMatchObject({ isIsolated, warnings: [], outcome: { losses: expect.any(Array) } })
      const { losses } = await trained(await wasm(), lstm, steps)
      expectClose((found.outcome as { losses: number[] }).losses, losses)
    })

    test('deterministic training gives the bits of Node', async () => {
      const call = { name: 'train', args: [{ deterministic: true }, lstm, steps] } as const
      expect(await visit(path, call, { inWorker })).toMatchObject({
        isIsolated,
        warnings: [],
        outcome: { digest: digests.lstm },
      })
    })

    test('threads help where they can share memory and wait, and change no bits', async () => {
      const options = { deterministic: true, threads: 2 }
      const found = await visit(path, { name: 'train', args: [options, large, 2] }, { inWorker })
      const { digest } = await trained(await wasm({ deterministic: true }), large, 2)
      const threads = isIsolated && inWorker ? 2 : 1
      expect(found).toMatchObject({ isIsolated, warnings: [], outcome: { threads, digest } })
    })

    test('random programs give what the reference gives', async () => {
      const found = await visit(path, { name: 'comparePrograms', args: [12, 7] }, { inWorker })
      expect(found).toEqual({ isIsolated, warnings: [], outcome: 'equal' })
    })
  })

  describe.each([{ inWorker: false }, { inWorker: true }])('in a worker: $inWorker', ({ inWorker }) => {
    const sentence = "add 'wasm-unsafe-eval' to script-src of the content security policy"

    test('a policy that forbids to compile is answered by what to allow', async () => {
      const { outcome } = await visit('/forbidding', { name: 'refusal', args: [] }, { inWorker })
      expect(outcome).toContain(sentence)
    })

    test('init warns of such a policy once, and computes without WebAssembly', async () => {
      const call = { name: 'trainByDefault', args: [lstm, steps] } as const
      const { outcome, warnings } = await visit('/forbidding', call, { inWorker })
      expect(warnings).toEqual([expect.stringContaining(sentence)])
      expect(outcome).toMatchObject({ backend: 'reference', squares: [1, 4, 9] })
      const { losses } = await trained(reference, lstm, steps)
      expectClose((outcome as { losses: number[] }).losses, losses)
    })

    test('what it asks for is enough', async () => {
      const call = { name: 'trainByDefault', args: [lstm, steps] } as const
      const { outcome, warnings } = await visit('/allowing', call, { inWorker })
      expect(warnings).toEqual([])
      expect(outcome).toMatchObject({ backend: expect.stringMatching(/^wasm/), squares: [1, 4, 9] })
    })
  })
})

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length)
  expect(Math.max(...found.map((x, i) => Math.abs(x / expected[i]! - 1)))).toBeLessThan(1e-5)
}
