import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { expect, test } from 'vitest'
import { chromiumPath } from '../../../scripts/chromium.js'
import { work } from './work.js'

const executablePath = chromiumPath()

async function bundle(): Promise<string> {
  const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url))
  const { outputFiles } = await build({
    entryPoints: [pathOf('page.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2023',
    write: false,
    // packages as their sources
    tsconfig: pathOf('../../../tsconfig.json'),
  })
  return outputFiles[0]!.text
}

test(
  'a browser reads tables, images and batches of workers as Node does',
  { timeout: 60_000 },
  async (context) => {
    if (executablePath === null) return context.skip('there is no Chromium, and CHROMIUM_PATH names none')
    const browser = await chromium.launch({ executablePath })
    try {
      const page = await browser.newPage()
      const errors: string[] = []
      page.on('pageerror', ({ message }) => errors.push(message))
      const script = await bundle()
      await page.route('http://tapeloop.test/**', (route) =>
        route.request().url().endsWith('.js')
          ? route.fulfill({ contentType: 'text/javascript', body: script })
          : route.fulfill({
              contentType: 'text/html',
              body: '<script type="module" src="/page.js"></script>',
            }),
      )
      await page.goto('http://tapeloop.test/')
      const found = await page.evaluate('globalThis.outcome')
      expect(errors).toEqual([])
      expect(found).toEqual(await work())
      expect(found).toMatchObject({
        broken:
          'b.csv, line 2, column 1: the field begins with a quote that is closed before its end; write a quote within quotes twice.',
        made: [
          [0, 0],
          [0, 1],
          [10, 0],
          [10, 1],
        ],
      })
    } finally {
      await browser.close()
    }
  },
)
