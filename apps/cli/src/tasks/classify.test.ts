import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { jsonLines, piped, scratch, tapeloop } from '../../fixtures/shell.js'
import { trainEvent } from '../training/events.js'

const few = '--hidden 8 --batch-size 16 --epochs 12 --lr 0.02 --json'.split(' ')
const words = (letters: string, count: number) =>
  Array.from(
    { length: count },
    (_, i) => [0, 1, 2, 3].map((k) => letters[(i * 7 + k * (i % 5)) % 3]).join('') + i.toString(2),
  )
/** Words of other letters in each class. */
const classes = { low: words('abc', 60), high: words('xyz', 60) }

describe('classification', () => {
  test('learns a folder with a text file a class, and predicts rows of tables', async () => {
    const folder = scratch({
      'data/low.txt': classes.low.join('\n'),
      'data/high.txt': `${classes.high.join('\r\n')}\r\n`,
    })
    const run = join(folder, 'run')
    const trained = await tapeloop('train', join(folder, 'data'), '--task', 'classify', '--out', run, ...few)
    expect(trained).toMatchObject({ code: 0, err: '' })
    const events = jsonLines(trained.out)
    for (const event of events) expect(trainEvent.parse(event)).toEqual(event)
    expect(events[0]).toMatchObject({
      task: 'classify',
      data: { examples: 120, labels: ['high', 'low'], testExamples: 24 },
    })
    expect(events.at(-1)).toMatchObject({
      testAccuracy: 1,
      confusion: {
        labels: ['high', 'low'],
        matrix: [
          [12, 0],
          [0, 12],
        ],
      },
    })

    const csv = await piped('id,text\n1,"abca,b"\n2,zzyx\n', 'predict', run, '-')
    expect(csv).toMatchObject({ code: 0, err: '' })
    expect(csv.out).toMatch(/^id,text,prediction,probability\n1,"abca,b",low,0\.\d+\n2,zzyx,high,0\.\d+\n$/)
    const [json] = jsonLines((await piped('{"text":"xyxz","n":1}\n', 'predict', run, '-')).out)
    expect(json).toEqual({ text: 'xyxz', n: 1, prediction: 'high', probability: expect.any(Number) })

    const [evaluated] = jsonLines((await tapeloop('eval', run, join(folder, 'data'), '--json')).out)
    expect(evaluated).toMatchObject({ testAccuracy: 1, testExamples: 120 })
    expect((await tapeloop('sample', run)).err).toMatch(/learned to classify, not to write; use predict/)
  })

  test('shows the confusion matrix to people', async () => {
    const folder = scratch({ 'low.txt': classes.low.join('\n'), 'high.txt': classes.high.join('\n') })
    const flags = few.filter((flag) => flag !== '--json')
    const { out } = await tapeloop(
      'train',
      join(folder, '*.txt'),
      '--task',
      'classify',
      '--out',
      join(folder, 'run'),
      ...flags,
    )
    expect(out).toContain('*.txt: 120 examples')
    expect(out).toMatch(/100\.0 % of 24 test examples right, F1 1\.000/)
    expect(out).toContain('    a   b    right  class\na  12   ·  100.0 %  high\nb   ·  12  100.0 %  low\n')
  })

  test('finds the columns of a table, and says so', async () => {
    const rows = Object.entries(classes).flatMap(([label, words]) =>
      words.map((word) => `"${word} is one",${label}`),
    )
    const folder = scratch({ 'words.csv': ['sentence,kind', ...rows].join('\n') })
    const file = join(folder, 'words.csv')
    const flags = '--hidden 4 --steps 2'.split(' ')
    const guessed = await tapeloop('train', file, '--out', join(folder, 'a'), ...flags)
    expect(guessed).toMatchObject({ code: 0, err: '' })
    expect(guessed.out).toContain(
      'learned to be classified (--task classify --text-column sentence --label-column kind)',
    )
    const wrong = await tapeloop('train', file, '--out', join(folder, 'b'), '--label-column', 'kinds')
    expect(wrong).toMatchObject({
      code: 2,
      err: 'error: --label-column is "kinds"; the columns are sentence and kind.\n',
    })
    const resumed = await tapeloop('train', file, '--out', join(folder, 'a'), '--resume', '--json')
    expect(jsonLines(resumed.out).at(-1)).toMatchObject({ type: 'done', steps: 2 })
  })

  test('learns sequences of numbers as JSON and JSON Lines', async () => {
    const sequence = (i: number) => ({
      label: i % 2,
      seq: Array.from({ length: 4 + (i % 3) }, (_, t) => [i % 2 === 0 ? t : -t, Math.sin(i + t)]),
    })
    const all = Array.from({ length: 60 }, (_, i) => sequence(i))
    const folder = scratch({
      'walks.json': JSON.stringify({ train: all.slice(0, 40), test: all.slice(40) }),
      'walks.jsonl': all.map((line) => JSON.stringify(line)).join('\n'),
    })
    for (const [file, tested] of [
      ['walks.json', 20],
      ['walks.jsonl', 12],
    ] as const) {
      const run = join(folder, file.replace('.', '-'))
      const { out, err } = await tapeloop('train', join(folder, file), '--out', run, ...few)
      expect(err).toBe('')
      expect(jsonLines(out).at(-1)).toMatchObject({ testAccuracy: 1, testExamples: tested })
      const rows = '{"seq":[[0,0.1],[1,0.2],[2,0.1],[3,0]]}\n{"seq":[[0,0.1],[-1,0.2],[-2,0.1],[-3,0]]}\n'
      const said = jsonLines((await piped(rows, 'predict', run, '-')).out)
      expect(said.map(({ prediction }) => prediction)).toEqual(['0', '1'])
    }
  })

  test('refuses what has no classes', async () => {
    const folder = scratch({ 'one.txt': 'a\nb\n', 'list.json': '[1, 2]', 'no.json': '{' })
    const errors = async (...args: string[]) =>
      (await tapeloop('train', ...args, '--out', join(folder, 'run'))).err
    expect(await errors(join(folder, 'one.txt'), '--task', 'classify')).toMatch(
      /one\.txt has one class, one;/,
    )
    expect(await errors(join(folder, 'list.json'))).toMatch(/has no labelled sequences; write \{"sequences"/)
    expect(await errors(join(folder, 'no.json'))).toMatch(/is not valid JSON/)
    writeFileSync(join(folder, 'plain.csv'), 'a,b,c\n1,2,3\n4,5,6\n')
    expect(await errors(join(folder, 'plain.csv'))).toMatch(
      /is a table of the columns a, b and c; say what to learn/,
    )
    expect(readFileSync(join(folder, 'one.txt'), 'utf8')).toBe('a\nb\n')
  })
})
