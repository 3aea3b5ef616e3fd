import { readdirSync, readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { foxText, piped, scratch } from '../fixtures/shell.js'

/** The commands of the tutorials run, with few steps, on data of the kind that they name. */
const folder = new URL('../../../docs/guides/tutorials/', import.meta.url)
const words = Array.from(
  { length: 130 },
  (_, i) => ['ka', 'to', 'mi', 'ra', 'ne', 'un'].map((part, k) => ((i >> k) % 2 ? part : '')).join('') + 'a',
)
const names = (letters: string) =>
  Array.from({ length: 30 }, (_, i) => letters[i % 3]! + letters[(i * 7) % 3]! + letters[(i >> 2) % 3]!).join(
    '\n',
  )
const months = Array.from(
  { length: 100 },
  (_, i) =>
    `${2000 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')},${100 + i + 20 * Math.sin((Math.PI * i) / 6)}`,
)
const days = Array.from(
  { length: 300 },
  (_, i) =>
    `${new Date(Date.UTC(2020, 0, 1 + i)).toISOString().slice(0, 10)},${Math.sin(i / 9)},${i % 7},${i % 3}`,
)
const vowels = Array.from({ length: 40 }, (_, i) => ({
  label: i % 2,
  seq: [
    [i % 2, 1],
    [i % 3, 2],
  ],
}))

const data: Readonly<Record<string, string>> = {
  'words.txt': words.join('\n'),
  'journey.txt': '行者道：“师父，我们走罢。”三藏道：“悟空，前面是甚么去处？”\n'.repeat(400),
  'names/English.txt': names('abc'),
  'names/Greek.txt': names('xyz'),
  'new-names.csv': 'name\nabc\nxyz\n',
  'reviews.csv': `id,review,mood\n${Array.from({ length: 40 }, (_, i) => `${i},${i % 2 ? 'good one' : 'bad one'} ${i},${i % 2 ? 'happy' : 'sad'}`).join('\n')}\n`,
  'vowels.json': JSON.stringify({ train: vowels.slice(0, 30), test: vowels.slice(30) }),
  'sales.csv': `month,sales\n${months.join('\n')}\n`,
  'weather.csv': `day,temperature,pressure,wind\n${days.join('\n')}\n`,
  'book.txt': foxText,
}

const pages = readdirSync(folder).map((name) => {
  const text = readFileSync(new URL(name, folder), 'utf8')
  const lines = [...text.matchAll(/```sh\n([^]*?)```/g)].flatMap(([, code]) => code!.trim().split('\n'))
  return { name, commands: lines.map((line) => line.replace('npm run tapeloop -- ', '').split(' ')) }
})

test.each(pages)('$name', { timeout: 120_000 }, async ({ commands }) => {
  const here = process.cwd()
  process.chdir(scratch(data))
  onTestFinished(() => process.chdir(here))
  expect(commands.length).toBeGreaterThan(1)
  for (const command of commands) {
    const few = command[0] === 'train' ? ['--steps', '3', '--hidden', '6'] : []
    const { code, out, err } = await piped(':q\n', ...command, ...few)
    expect({ code, err }, command.join(' ')).toEqual({ code: 0, err: '' })
    expect(out).not.toBe('')
  }
})
