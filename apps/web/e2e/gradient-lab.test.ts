import { expect, test } from 'vitest'
import { visitor } from './visitor.js'

const { visit } = visitor()

/** A session that is over soon, whatever the machine. */
const small = '/playground/gradient-lab/?lag=12&units=12&steps=160&cells=rnn.lstm'
const patience = 90_000

test(
  'a newcomer presses one button, goes back in time, and leaves from there',
  { timeout: 240_000 },
  async () => {
    const { page, complaints } = await visit(small)
    page.setDefaultTimeout(patience)
    const step = page.getByText(/^Step \d+ of 160$/)
    await page.getByRole('button', { name: 'Train', exact: true }).click()
    await page.getByText('Step 160 of 160').waitFor()
    const lstm = page.getByRole('region', { name: 'LSTM', exact: true })
    expect(await lstm.getByText('of the gradient arrives at the first step').count()).toBe(1)
    expect(await page.getByRole('img', { name: /^Eigenvalues in the complex plane/ }).count()).toBe(1)

    // any earlier step at once
    await page.getByRole('slider', { name: /^Step/ }).fill('80')
    await page.getByRole('heading', { name: 'Inside, at step 80' }).waitFor()
    await page.getByLabel('Leave the training of').selectOption('lstm')
    await page.getByLabel('Learning rate').last().fill('0.001')
    await page.getByRole('button', { name: 'Continue from step 80' }).click()
    await page.getByRole('region', { name: 'LSTM from step 80, rate 0.001' }).waitFor()
    await page.getByRole('button', { name: 'Now' }).click()
    await page.getByText('Step 160 of 160').waitFor()
    expect(page.url()).toContain('branch=lstm%7E80%7E0.001')
    expect(await step.innerText()).toBe('Step 160 of 160')
    expect(complaints).toEqual([])
  },
)

test('a session outlives its page, and its address makes the same one', { timeout: 240_000 }, async () => {
  const { page, complaints } = await visit(small)
  page.setDefaultTimeout(patience)
  await page.getByRole('button', { name: 'Train', exact: true }).click()
  await page.getByText('Step 160 of 160').waitFor()
  // what is over is kept at once
  await page.waitForTimeout(1500)
  await page.reload()
  await page.getByRole('button', { name: 'Open the last session (step 160)' }).click()
  await page.getByRole('heading', { name: 'Inside, at step 160' }).waitFor()
  expect(complaints).toEqual([])
})

test('a wrong number changes nothing and says what is right', async () => {
  const { page } = await visit('/playground/gradient-lab/?units=9999&task=nonsense')
  await page.getByText('Everything else').click()
  const units = page.getByLabel('Units')
  expect(await units.inputValue()).toBe('32')
  await units.fill('9999')
  expect(await page.getByRole('alert').filter({ hasText: 'Units' }).innerText()).toBe(
    'Units must be a whole number from 1 to 128.',
  )
})

test('the page is never blocked while it trains', { timeout: 240_000, retry: 2 }, async () => {
  const { page } = await visit(small)
  page.setDefaultTimeout(patience)
  /** Tasks of the page over 50 ms, in milliseconds of work; a busy machine makes them look longer than they are, at times. */
  await page.evaluate(() => {
    const seen = window as unknown as { tasks: number[] }
    seen.tasks = []
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) seen.tasks.push(duration)
    }).observe({ type: 'longtask' })
  })
  await page.getByRole('button', { name: 'Train', exact: true }).click()
  await page.getByText('Step 160 of 160').waitFor()
  const tasks = await page.evaluate(() => (window as unknown as { tasks: number[] }).tasks)
  const { length: cores } = (await import('node:os')).cpus()
  const isBusy = (await import('node:os')).loadavg()[0]! > cores
  const most = isBusy ? 500 : 50
  expect(tasks.filter((duration) => duration > most)).toEqual([])
})
