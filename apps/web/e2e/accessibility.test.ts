import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import { expect, test } from 'vitest'
import { pageKinds } from './page-kinds.js'
import { visitor } from './visitor.js'

const { visit } = visitor()
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const looks = [
  { colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
] as const

/** Every page in one look, every second one in the other. */
const cases = pageKinds.map((path, index) => ({ path, ...looks[index % looks.length]! }))

test.for(cases)('axe finds nothing at $path, $colorScheme', async ({ path, ...look }) => {
  const { page } = await visit(path, { ...look, reducedMotion: 'reduce' })
  await page.evaluate(axe)
  // what KaTeX draws is hidden from readers, who get MathML; it has thousands of elements
  const { violations } = (await page.evaluate("axe.run({ exclude: ['.katex-html'] })")) as AxeResults
  const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
  expect(found).toEqual([])
  // nothing is wider than the screen
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
  await page.context().close()
})
