import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { foxText, jsonLines, scratch, tapeloop } from '../../fixtures/shell.js'

describe('compare', () => {
  const flags = [
    '--hidden',
    '8',
    '--steps',
    '4',
    '--seeds',
    '2',
    '--batch-size',
    '4',
    '--seq-length',
    '6',
    '--json',
  ]

  test('gives all cells equally many parameters, and tells each training and all together', async () => {
    const folder = scratch({ 'fox.txt': foxText })
    const { code, out } = await tapeloop(
      'compare',
      join(folder, 'fox.txt'),
      '--cells',
      'lstm,rnn,gru',
      ...flags,
    )
    expect(code).toBe(0)
    const events = jsonLines(out)
    expect(events.map(({ type, cell, seed }) => [type, cell, seed])).toEqual([
      ['run', 'lstm', 1],
      ['run', 'rnn', 1],
      ['run', 'gru', 1],
      ['run', 'lstm', 2],
      ['run', 'rnn', 2],
      ['run', 'gru', 2],
      ['summary', undefined, undefined],
    ])
    const { cells, better, undecided, parameters } = events.at(-1) as {
      cells: { cell: string; hidden: number; parameters: number; scores: number[]; mean: number }[]
      better: string[][]
      undecided: string[][]
      parameters: number
    }
    expect(cells[0]).toMatchObject({ cell: 'lstm', hidden: 8, parameters })
    for (const cell of cells) {
      expect(Math.abs(cell.parameters - parameters) / parameters).toBeLessThan(0.05)
      expect(cell.scores).toHaveLength(2)
      expect(cell.mean).toBeCloseTo((cell.scores[0]! + cell.scores[1]!) / 2, 12)
    }
    expect(better.length + undecided.length).toBe(3)
  })

  test('adding tells the first step below each goal', async () => {
    const { out } = await tapeloop(
      'compare',
      'adding',
      '--cells',
      'rnn',
      ...flags,
      '--seeds',
      '1',
      '--parameters',
      '50',
    )
    const [run, summary] = jsonLines(out)
    expect(run).toMatchObject({ experiment: 'adding', cell: 'rnn', stepsTo: { '0.05': null, '0.01': null } })
    expect(run!['meanSquaredError']).toBeGreaterThan(0)
    expect(summary).toMatchObject({ parameters: 50, measure: 'meanSquaredError' })
  })

  test('words are a data set of their own', async () => {
    const { code, out } = await tapeloop(
      'compare',
      'words',
      '--cells',
      'rnn',
      ...flags,
      '--steps',
      '1',
      '--seeds',
      '1',
      '--batch-size',
      '64',
    )
    expect(code).toBe(0)
    expect(jsonLines(out)[0]).toMatchObject({ experiment: 'words', cell: 'rnn', seed: 1 })
  })

  test('a table for people says what the seeds do not show', async () => {
    const folder = scratch({ 'fox.txt': foxText })
    const args = [
      'compare',
      join(folder, 'fox.txt'),
      '--cells',
      'gru,rnn',
      ...flags.filter((flag) => flag !== '--json'),
      '--seeds',
      '3',
    ]
    const { out } = await tapeloop(...args)
    expect(out).toMatch(/^cell +hidden +parameters +bits per character +of each seed$/m)
    expect(out).toMatch(/^gru +8 +[\d,]+ +[\d.]+ ± [\d.]+ +[\d.]+ [\d.]+ [\d.]+$/m)
    expect(out).toMatch(/(is better than|are within the spread)/)
    expect((await tapeloop(...args, '--seeds', '1')).out).toContain(
      '1 seed can differ by chance alone: take --seeds 3',
    )
  })

  test('draws how each cell learns, and writes it down', async () => {
    const folder = scratch({ 'fox.txt': foxText })
    const out = join(folder, 'comparison')
    const args = flags.filter((flag) => flag !== '--json')
    const shown = await tapeloop(
      'compare',
      join(folder, 'fox.txt'),
      '--cells',
      'gru,rnn',
      ...args,
      '--out',
      out,
    )
    expect(shown.code).toBe(0)
    expect(shown.out).toMatch(/^ *[\d.]+ ┤.*●/m)
    expect(shown.out).toContain('● gru   ▲ rnn')
    const rowsOf = (name: string) => readFileSync(join(out, name), 'utf8').trimEnd().split('\n')
    expect(rowsOf('results.csv')).toHaveLength(1 + 2 * 2)
    expect(rowsOf('curves.csv')[0]).toBe('cell,seed,step,training bitsPerCharacter')
    expect(rowsOf('curves.csv')).toHaveLength(1 + 2 * 2 * 4)
    expect(rowsOf('curves.svg')[0]).toMatch(/^<svg /)
  })

  test('gives every cell equally much time, where that is asked for', async () => {
    const folder = scratch({ 'fox.txt': foxText })
    const args = flags.filter((flag, i) => flag !== '--steps' && flags[i - 1] !== '--steps')
    const text = join(folder, 'fox.txt')
    const { code, out } = await tapeloop('compare', text, '--cells', 'gru,rnn', ...args, '--seconds', '0.1')
    expect(code).toBe(0)
    const events = jsonLines(out)
    const stepsOf = (cell: string) =>
      new Set(events.filter((event) => event['cell'] === cell).map(({ steps }) => steps))
    // one number of steps for each cell, whatever the seed
    expect([stepsOf('gru').size, stepsOf('rnn').size]).toEqual([1, 1])
    expect(events.at(-1)).toMatchObject({ type: 'summary', seconds: 0.1 })
    const both = await tapeloop('compare', text, '--steps', '4', '--seconds', '1')
    expect(both).toMatchObject({
      code: 2,
      err: 'error: --steps and --seconds are both given; give one of them.\n',
    })
  })
})
