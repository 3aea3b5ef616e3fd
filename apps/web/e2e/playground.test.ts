import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { presets } from '../src/playground/presets.js'
import { visitor } from './visitor.js'

const { visit } = visitor()
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** What keeps people out, by the rules of axe. */
type Axe = {
  run(): Promise<{
    readonly violations: readonly {
      readonly id: string
      readonly nodes: readonly { readonly html: string }[]
    }[]
  }>
}

test.for([
  ['/playground/', 'light'],
  ['/playground/', 'dark'],
  ['/playground/gradient-lab/?lag=12&units=8&steps=20&cells=rnn.lstm', 'light'],
  ['/playground/gradient-lab/?lag=12&units=8&steps=20&cells=rnn.lstm', 'dark'],
  ['/playground/sequence-tasks/?task=embedded-reber&lag=12&units=8&steps=20&plane=probe', 'light'],
  ['/playground/sequence-tasks/?task=counting&lag=4&units=8&steps=20', 'dark'],
  ['/playground/text/?sample=sums&hidden=8&steps=20&seqLength=8&batchSize=4', 'light'],
  ['/playground/text/?sample=sums&hidden=8&steps=20&seqLength=8&batchSize=4', 'dark'],
] as const)(
  '%s keeps nobody out (%s), and is as wide as a phone',
  { timeout: 120_000 },
  async ([path, colorScheme]) => {
    const { page, complaints } = await visit(path, { viewport: { width: 390, height: 800 }, colorScheme })
    page.setDefaultTimeout(90_000)
    const train = page.getByRole('button', { name: 'Train', exact: true })
    if ((await train.count()) > 0) {
      await train.click()
      await page.getByText('Step 20 of 20').waitFor()
    }
    await page.addScriptTag({ path: axe })
    const { violations } = await page.evaluate(() => (window as unknown as { axe: Axe }).axe.run())
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    expect(complaints).toEqual([])
  },
)

test('every preset opens from the first page', async () => {
  const { page } = await visit('/playground/')
  expect(await page.locator('main li a').count()).toBe(presets.length)
  await page.getByRole('link', { name: /^No forget gate/ }).click()
  await page
    .getByRole('button', { name: 'No forget gate' })
    .and(page.locator('[aria-pressed=true]'))
    .waitFor()
})
