import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import sqlite from 'node-sqlite3-wasm'
import { describe, expect, test } from 'vitest'
import { foxText, jsonLines, scratch, start, tapeloop, tiny } from '../../fixtures/shell.js'

describe('sweep', { timeout: 120_000 }, () => {
  test('killed and resumed has every trial once, and a page, a table and a command for the best', async () => {
    const folder = scratch({ 'fox.txt': foxText })
    const out = join(folder, 'sweep')
    const vary = ['--vary', 'lr=1e-4..1e-1', '--vary', 'cell=rnn,gru', '--trials', '4', '--jobs', '2']
    const args = ['sweep', join(folder, 'fox.txt'), '--out', out, ...vary, ...tiny, '--search', 'random']
    const { child, ended } = start(...args)
    child.stdout.on('data', (chunk: Buffer) => {
      if (chunk.includes('trial ')) child.kill('SIGKILL')
    })
    expect(await ended).toMatchObject({ signal: 'SIGKILL' })

    const again = await tapeloop(...args)
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining('holds a sweep already') })
    const { code, out: shown } = await tapeloop('sweep', '--out', out, '--resume', '--jobs', '2')
    expect(code).toBe(0)
    expect(shown).toMatch(/^trial +score +lr +cell$/m)
    expect(shown).toMatch(/train .*fox\.txt .*--lr 0\.\d+ --cell (rnn|gru)$/m)
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('<svg')

    const config = join(out, 'best.config.json')
    const dry = await tapeloop(
      'train',
      join(folder, 'fox.txt'),
      '--config',
      config,
      '--out',
      join(folder, 'x'),
      '--dry-run',
    )
    expect(dry).toMatchObject({ code: 0, err: '' })
    const database = new sqlite.Database(join(out, 'results.sqlite'))
    const trials = database.all('SELECT id, state, score FROM trials ORDER BY id')
    database.close()
    expect(trials.map(({ id, state }) => [id, state])).toEqual([1, 2, 3, 4].map((id) => [id, 'done']))
    for (const id of [1, 2, 3, 4]) expect(existsSync(join(out, 'trials', `000${id}`, 'last'))).toBe(true)
  })

  test('halving stops most trials on their way', async () => {
    const folder = scratch({ 'fox.txt': foxText })
    const args = ['--vary', 'lr=1e-6..1e-1', '--trials', '3', '--jobs', '1', '--search', 'asha', '--json']
    const sizes = ['--hidden', '6', '--batch-size', '2', '--seq-length', '8', '--steps', '4000']
    const [text, sweep] = [join(folder, 'fox.txt'), join(folder, 'sweep')]
    const { code, out } = await tapeloop('sweep', text, '--out', sweep, ...args, ...sizes)
    expect(code).toBe(0)
    const [plan, ...events] = jsonLines(out)
    expect(plan).toMatchObject({ type: 'sweep', search: 'asha', rungs: [149, 447, 1341, null] })
    const stops = events.filter(({ type }) => type === 'trial')
    // three reach the first rung, and the best of them the second
    expect(stops.map(({ state }) => state)).toEqual(['waiting', 'waiting', 'waiting', 'waiting'])
    const best = Math.min(...stops.slice(0, 3).map(({ score }) => score as number))
    expect(stops.slice(0, 3).find(({ trial }) => trial === stops[3]!['trial'])).toMatchObject({ score: best })
  })

  test('says what train refuses, and leaves nothing in the way', async () => {
    const folder = scratch({ 'fox.txt': foxText })
    const out = join(folder, 'sweep')
    const sweep = (...args: string[]) => tapeloop('sweep', join(folder, 'fox.txt'), '--out', out, ...args)
    expect(await sweep('--vary', 'lr=1e-4..1e-1', '--colour', 'red')).toMatchObject({
      code: 2,
      err: "error: unknown option '--colour'\n",
    })
    expect(existsSync(join(out, 'results.sqlite'))).toBe(false)
  })

  test.each([
    [[], /--vary is missing/],
    [['--vary', 'lr=1e-4..1e-1', '--threads', '2'], /--threads cannot be set for the trials/],
    [['--vary', 'lr=1e-4..1e-1', '--search', 'asha'], /needs --steps/],
    [
      ['--vary', 'lr=1e-4..1e-1', '--search', 'best'],
      /--search is "best"; it must be tpe, random, grid or asha/,
    ],
    [['--resume'], /There is no sweep in/],
  ])('%j is refused', async (args, sentence) => {
    const { code, err } = await tapeloop('sweep', 'x.txt', '--out', join(scratch(), 'sweep'), ...args)
    expect(code).toBe(2)
    expect(err).toMatch(sentence)
  })
})
