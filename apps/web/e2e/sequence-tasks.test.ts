import { expect, test } from 'vitest'
import { visitor } from './visitor.js'

const { visit } = visitor()

/** A session that is over soon, whatever the machine, with a network that learns its task. */
const small = '/playground/sequence-tasks/?task=parity&lag=6&cells=gru&steps=240'
const patience = 90_000

test(
  'a network learns, its states are stepped through, and its session outlives the page',
  { timeout: 240_000 },
  async () => {
    const { page, complaints } = await visit(small)
    page.setDefaultTimeout(patience)
    await page.getByRole('button', { name: 'Train', exact: true }).click()
    await page.getByText('Step 240 of 240').waitFor()
    const gru = page.getByRole('region', { name: 'GRU', exact: true })
    await gru.getByText('knows it').waitFor()
    expect(await gru.getByText('100 %').count()).toBe(1)

    // a string, symbol by symbol, in the address, the machine and the predictions
    const strings = page.getByRole('combobox', { name: 'String', exact: true })
    await strings.selectOption({ index: 2 })
    const read = page.getByRole('slider', { name: /^Read up to symbol/ })
    await read.fill('4')
    const symbols = (await strings.locator('option').nth(2).innerText()).slice(0, 4)
    const parity = [...symbols].filter((bit) => bit === '1').length % 2 === 0 ? 'even' : 'odd'
    await page
      .getByRole('img', { name: `After ${[...symbols].join(' ')} it is in the state ${parity}.` })
      .waitFor()
    await page.getByRole('row', { name: new RegExp(`^${parity} ?is right (9\\d|100) %`) }).waitFor()
    expect(page.url()).toContain('string=2&time=3')
    await read.press('ArrowRight')
    await page.getByText('Read up to symbol 5 of 6').waitFor()
    await page.getByRole('combobox', { name: 'Plane' }).selectOption('probe')
    await gru.getByText('Across: what a linear probe of h reads as even or odd').waitFor()

    // before it had learned anything
    await page.getByRole('slider', { name: /^Step/ }).fill('0')
    await gru.getByText('has not learned it').waitFor()

    await page.waitForTimeout(1500)
    await page.reload()
    await page.getByRole('button', { name: 'Open the last session (step 240)' }).click()
    await gru.getByText('knows it').waitFor()
    await page.getByText('Read up to symbol 5 of 6').waitFor()
    await gru.getByText('Across: what a linear probe').waitFor()
    expect(complaints).toEqual([])
  },
)

test('a string is read aloud before anything is trained', async () => {
  const { page, complaints } = await visit('/playground/sequence-tasks/?lag=8')
  const end = (await page.getByText(/^Read up to symbol 1 of/).innerText()).replace(/.* of /, '')
  await page.getByRole('button', { name: /^Read it/ }).click()
  await page.getByText(`Read up to symbol ${end} of ${end}`).waitFor()
  await page.getByRole('button', { name: /^Read it/ }).waitFor()
  expect(page.url()).toContain(`time=${Number(end) - 1}`)
  expect(complaints).toEqual([])
})
