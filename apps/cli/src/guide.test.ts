import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { foxText, jsonLines, scratch, tapeloop } from '../fixtures/shell.js'

const guide = readFileSync(new URL('../../../docs/guides/command-line.md', import.meta.url), 'utf8')
const namesIn = (text: string) => [...text.matchAll(/`(\w+)`/g)].map(([, name]) => name!)

test('the guide has what JSON has, and nothing else', async () => {
  const folder = scratch({ 'fox.txt': foxText })
  const [fox, run] = [join(folder, 'fox.txt'), join(folder, 'run')]
  const sizes = '--hidden 6 --batch-size 8 --seq-length 8 --epochs 2 --json'.split(' ')
  const events = jsonLines((await tapeloop('train', fox, '--out', run, ...sizes)).out)
  const rows = [...guide.matchAll(/^\| `(\w+)` +\| (.*) \|$/gm)]
  const documented = Object.fromEntries(
    rows.map(([, type, text]) => [type, namesIn(text!.split(';')[0]!.replace(/^the last: /, ''))]),
  )
  const shown = new Set(events.map(({ type }) => type as string))
  expect([...shown].toSorted()).toEqual([
    'checkpoint',
    'done',
    'epoch',
    'sample',
    'start',
    'step',
    'validation',
  ])
  for (const { type, ...event } of events) {
    expect(
      Object.keys(event).filter((name) => name !== 'step'),
      String(type),
    ).toEqual(documented[type as string])
  }
  const [evaluated] = jsonLines((await tapeloop('eval', run, fox, '--json')).out)
  expect(
    namesIn(guide.slice(guide.indexOf('## Measuring')).split('`--json` prints')[1]!.split('.')[0]!),
  ).toEqual(Object.keys(evaluated!))
})
