import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { jsonLines, piped, scratch, tapeloop } from '../../fixtures/shell.js'
import { trainEvent } from '../training/events.js'

/** Months of a series that grows, with a season that grows with it. */
const months = Array.from({ length: 120 }, (_, i) => {
  const value = 100 * 1.01 ** i * (1 + 0.3 * Math.sin((2 * Math.PI * i) / 12))
  return [`${1990 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')}`, value.toFixed(2)]
})
const csv = `month,sales\n${months.map((row) => row.join(',')).join('\n')}\n`
const few = '--hidden 6 --steps 20 --batch-size 16'.split(' ')

describe('forecasting', () => {
  test('sees what a table is for, beats the season before, and goes on from the end', async () => {
    const folder = scratch({ 'sales.csv': csv })
    const [file, run] = [join(folder, 'sales.csv'), join(folder, 'run')]
    const trained = await tapeloop('train', file, '--out', run, ...few)
    expect(trained).toMatchObject({ code: 0, err: '' })
    expect(trained.out).toContain('learned to be forecast (--task forecast --target sales --time month)')
    expect(trained.out).toContain('to forecast: 12 × sales from the 24 before, season 12')
    expect(trained.out).toContain('learned as logarithms and differences from the value 12 before')
    expect(trained.out).toMatch(/seasonal-naive \(12 before\) +\d\.\d{3} +\d+\.\d/)
    expect(trained.out).toContain('better than the seasonal-naive forecast')

    const ahead = (await tapeloop('predict', run)).out.trimEnd().split('\n')
    expect(ahead).toHaveLength(13)
    expect(ahead[0]).toBe('month,sales,forecast')
    expect(ahead[1]).toMatch(/^2000-01,,\d+\.\d+$/)
    const [, next] = /,,(.*)$/.exec(ahead[1]!)!
    expect(Number(next)).toBeGreaterThan(Number(months[108]![1]))

    const rows = (await piped(csv.split('\n').slice(0, 80).join('\n'), 'predict', run, '-')).out
      .trimEnd()
      .split('\n')
    expect(rows).toHaveLength(80 + 12)
    expect(rows[79]).toBe(`${months[78]!.join(',')},`)
    expect(rows[80]).toMatch(/^1996-08,,\d/)
    expect((await piped('month,sales\n1990-01,1\n', 'predict', run, '-')).err).toMatch(
      /There is 1 row, but 36 are needed/,
    )
  })

  test('tells its scores and those of the season before as events', async () => {
    const folder = scratch({ 'sales.csv': csv })
    const run = join(folder, 'run')
    const flags = ['--task', 'forecast', '--target', 'sales', '--time', 'month', '--horizon', '6', '--json']
    const { out } = await tapeloop('train', join(folder, 'sales.csv'), '--out', run, ...flags, ...few)
    const events = jsonLines(out)
    for (const event of events) expect(trainEvent.parse(event)).toEqual(event)
    const done = events.at(-1)! as { mase: number; mse: number; baseline: { mase: number } }
    expect(done.mase).toBeLessThan(done.baseline.mase)
    expect(done.mse).toBeGreaterThan(0)
    expect(events[0]).toMatchObject({
      task: 'forecast',
      data: { horizon: 6, season: 12 },
      settings: { patience: 5 },
    })
    const [evaluated] = jsonLines((await tapeloop('eval', run, join(folder, 'sales.csv'), '--json')).out)
    expect(evaluated).toMatchObject({ mase: expect.any(Number), baseline: { mase: expect.any(Number) } })
    const resumed = await tapeloop('train', '--out', run, '--resume', '--json')
    expect(jsonLines(resumed.out).at(-1)).toMatchObject({ mase: done.mase, mse: done.mse })
  })

  test('forecasts quantiles, and says how much came between them', async () => {
    const folder = scratch({ 'sales.csv': csv })
    const run = join(folder, 'run')
    const flags = ['--quantiles', '0.1,0.5,0.9', '--horizon', '2', '--season', '12']
    const { out } = await tapeloop('train', join(folder, 'sales.csv'), '--out', run, ...flags, ...few)
    expect(out).toMatch(/\d % of what came lay between the lowest and the highest quantile/)
    const [head, first] = (await tapeloop('predict', run)).out.split('\n')
    expect(head).toBe('month,sales,forecast,quantile 0.1,quantile 0.5,quantile 0.9')
    const [, , value, low, middle, high] = first!.split(',').map(Number)
    expect([low, middle, high]).toEqual([low!, middle!, high!].toSorted((a, b) => a - b))
    expect(low).toBeLessThan(high!)
    expect([low, middle, high]).toContain(value)
  })

  test('fills gaps, takes further columns, and needs no times', async () => {
    const rows = months.map(([, value], i) => `${i % 17 === 3 ? '' : value},${i % 2 === 0 ? 'even' : 'odd'}`)
    const folder = scratch({ 'plain.csv': `y,kind\n${rows.join('\n')}\n` })
    const flags = '--target y --inputs kind --season 12 --horizon 3 --seq-length 12'.split(' ')
    const { out, err } = await tapeloop(
      'train',
      join(folder, 'plain.csv'),
      '--out',
      join(folder, 'run'),
      ...flags,
      ...few,
    )
    expect(err).toBe('')
    expect(out).toContain('plain.csv: 120 rows; to forecast: 3 × y from the 12 before, season 12')
  })

  test.each([
    [['--target', 'sale'], 2, '--target is "sale"; the columns are month and sales.'],
    [
      ['--target', 'sales', '--time', 'sales'],
      2,
      '--time is "sales", a column of numbers; name one of dates or times.',
    ],
    [
      ['--seq-length', '90', '--task', 'forecast'],
      1,
      /of which 84 are to train on, but --seq-length 90 and --horizon 12 need 114/,
    ],
    [['--quantiles', '0.9,0.1'], 2, '--quantiles is "0.9,0.1"; they must ascend and lie between 0 and 1'],
    [
      ['--text-column', 'month'],
      2,
      /The class of a row may be in several columns or none of month and sales/,
    ],
  ])('refuses %o', async (flags, code, message) => {
    const folder = scratch({ 'sales.csv': csv })
    const ended = await tapeloop('train', join(folder, 'sales.csv'), '--out', join(folder, 'run'), ...flags)
    expect(ended.code).toBe(code)
    expect(ended.err).toMatch(message)
    expect(ended.err).toMatch(/^error: [^\n]+\n$/)
  })
})
