/**
 * `pnpm shots`: pictures of every kind of page of the built site, at three widths, light and dark, in apps/web/shots.
 * `pnpm shots /learn/ /cells/lstm/` takes only these pages.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser } from 'playwright-core'
import { chromiumPath } from '../../../scripts/chromium.js'
import { serveFolder } from '../serve/static-server.js'
import { pageKinds } from './page-kinds.js'

const folder = fileURLToPath(new URL('../shots', import.meta.url))
const out = fileURLToPath(new URL('../out', import.meta.url))
const widths = { phone: 390, tablet: 820, wide: 1440 }
const themes = ['light', 'dark'] as const
/** Longer pages are cut: what is below looks like what is above. */
const tallest = 2600
/** So long figures may compute before the picture is taken. */
const patience = 6000

async function take(browser: Browser, origin: string, path: string): Promise<void> {
  const name = path === '/' ? 'home' : path.replaceAll(/^\/|\/$/g, '').replaceAll('/', '-')
  for (const [size, width] of Object.entries(widths)) {
    const page = await browser.newPage({ viewport: { width, height: 900 } })
    await page.goto(origin + path, { waitUntil: 'load' })
    await page.waitForTimeout(patience)
    const height = await page.evaluate('document.documentElement.scrollHeight')
    await page.setViewportSize({ width, height: Math.min(Number(height), tallest) })
    for (const theme of themes) {
      await page.evaluate(`document.documentElement.dataset.theme = '${theme}'`)
      await page.waitForTimeout(patience / 10)
      await page.screenshot({ path: join(folder, `${name}.${size}.${theme}.png`) })
    }
    await page.close()
  }
  console.log(`${path}: ${Object.keys(widths).length * themes.length} pictures`)
}

const executablePath = chromiumPath()
if (executablePath === null) {
  console.error('There is no Chromium, and CHROMIUM_PATH names none.')
  process.exitCode = 1
} else {
  mkdirSync(folder, { recursive: true })
  const server = await serveFolder(out)
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  const asked = process.argv.slice(2)
  for (const path of asked.length > 0 ? asked : pageKinds) await take(browser, server.origin, path)
  await browser.close()
  server.close()
  console.log(`They are in ${folder}`)
}
