import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { chromiumPath } from '../../../scripts/chromium.js'
import { serveFolder, type StaticServer } from '../serve/static-server.js'

const executablePath = chromiumPath()

/** The folder of the built site. */
export const outFolder = fileURLToPath(new URL('../out', import.meta.url))

/** A page of the site, and what it complained of. */
interface Visit {
  readonly page: Page
  /** Errors of the console and of scripts, and requests that failed, as they come. */
  readonly complaints: readonly string[]
}

/** What a visitor can do in a file of tests. */
export interface Visitor {
  readonly origin: string
  readonly browser: Browser
  /**
   * Opens `path` in a fresh profile, which ends with the test file. The profile has opted out of the service worker,
   * which would load the playground twice; with `storageState: undefined` it has not.
   */
  visit(path: string, options?: BrowserContextOptions): Promise<Visit>
}

/**
 * A browser and a plain file server with the built site, for the tests of one file; they are skipped where there is no
 * Chromium. With `isolated` the server sends the headers that allow threads.
 */
export function visitor({ isolated = false } = {}): Visitor {
  let browser: Browser | undefined
  let server: StaticServer | undefined
  beforeAll(async () => {
    if (executablePath === null) return
    ;[browser, server] = await Promise.all([
      chromium.launch({ executablePath, args: ['--no-sandbox'] }),
      serveFolder(outFolder, { isolated }),
    ])
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    server?.close()
  })
  beforeEach((context) => {
    if (executablePath === null) context.skip('there is no Chromium, and CHROMIUM_PATH names none')
  })
  return {
    get origin() {
      return server!.origin
    },
    get browser() {
      return browser!
    },
    async visit(path, options = {}) {
      const context = await browser!.newContext({
        storageState: withoutIsolation(server!.origin),
        ...options,
      })
      const page = await context.newPage()
      const complaints: string[] = []
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
      page.on('pageerror', ({ message }) => complaints.push(message))
      page.on('response', (response) => {
        if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`)
      })
      await page.goto(`${server!.origin}${path}`, { waitUntil: 'load' })
      return { page, complaints }
    },
  }
}

const withoutIsolation = (origin: string) => ({
  cookies: [],
  origins: [{ origin, localStorage: [{ name: 'isolation', value: 'off' }] }],
})
