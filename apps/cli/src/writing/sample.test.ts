import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { foxText, jsonLines, piped, scratch, tapeloop, tiny } from '../../fixtures/shell.js'

const letters = ['ka', 'to', 'mi', 'ra', 'ne']
const words = Array.from({ length: 125 }, (_, i) =>
  [i % 5, Math.floor(i / 5) % 5, Math.floor(i / 25)].map((k) => letters[k]).join(''),
)

let [text, list] = ['', '']
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tapeloop-cli-'))
  ;[text, list] = [join(folder, 'text'), join(folder, 'list')]
  writeFileSync(join(folder, 'fox.txt'), foxText)
  writeFileSync(join(folder, 'words.txt'), words.join('\n'))
  await tapeloop('train', join(folder, 'fox.txt'), '--out', text, ...tiny, '--steps', '60', '--lr', '0.05')
  await tapeloop(
    'train',
    join(folder, 'words.txt'),
    '--out',
    list,
    '--hidden',
    '12',
    '--steps',
    '120',
    '--lr',
    '0.02',
  )
  return () => rmSync(folder, { recursive: true })
}, 60_000)

describe('sample', () => {
  const sample = async (...args: string[]) => (await tapeloop('sample', text, '--length', '60', ...args)).out

  test.each([
    '--top-p 0.5',
    '--repetition-penalty 1.5',
    '--top-k 3 --top-p 0.9',
    '--beam 4',
    '--temperature 0',
  ])('takes %s', async (flags) => {
    const written = await sample(...flags.split(' '))
    expect(written).toMatch(/^[^]{60}\n$/)
    expect(await sample(...flags.split(' '))).toBe(written)
    expect(written).not.toBe(await sample())
  })

  test('ends before a string, and writes several', async () => {
    const whole = await sample('--prime', 'A ')
    const stop = whole.slice(10, 12)
    expect(await sample('--prime', 'A ', '--stop', stop, '--stop', '€')).toBe(
      `${whole.slice(0, whole.indexOf(stop, 2))}\n`,
    )
    const many = await sample('--count', '4', '--stop', '\n')
    expect(many.split('\n')).toHaveLength(5)
    expect((await tapeloop('sample', text, '--new')).err).toMatch(/learned one text and no list of lines/)
    expect((await tapeloop('sample', text, '--stop', '')).err).toMatch(/--stop is empty/)
  })

  test('of a list writes words, and new ones where asked', async () => {
    const drawn = (await tapeloop('sample', list, '--count', '20', '--temperature', '1')).out
      .trimEnd()
      .split('\n')
    expect(drawn).toHaveLength(20)
    expect(drawn.every((word) => /^[a-z]*$/.test(word))).toBe(true)
    const fresh = (await tapeloop('sample', list, '--count', '10', '--new', '--temperature', '1.2')).out
      .trimEnd()
      .split('\n')
    expect(new Set(fresh).size).toBe(fresh.length)
    expect(fresh.some((word) => words.includes(word))).toBe(false)
  })

  test('writes together with somebody', async () => {
    const { out, code } = await piped(
      '1\n\nfox\n:u\n€\n2\n:q\n',
      'sample',
      text,
      '--interactive',
      '--prime',
      'A quick',
    )
    expect(code).toBe(0)
    expect(out).toMatch(/^a number takes that token/)
    expect(out).toMatch(/A quick\n1 "." \d+\.\d % {2}2 "."/)
    expect(out).toContain('1 of these the model does not know')
    expect(out.match(/fo\n1 /)).not.toBe(null)
  })

  test('predicts rows of texts', async () => {
    const [row] = jsonLines((await piped('{"id":1,"text":"A quick"}\n', 'predict', text, '-')).out)
    expect(row).toEqual({
      id: 1,
      text: 'A quick',
      bitsPerCharacter: expect.any(Number),
      next: expect.stringMatching(/^[^]$/),
    })
    expect((await tapeloop('predict', text)).err).toMatch(/is no forecaster, so there are no rows/)
  })
})

describe('train', () => {
  test('reads standard input, a folder and patterns', async () => {
    const folder = scratch({ 'in/a.txt': foxText, 'in/deep/b.txt': 'b'.repeat(100), 'in/c.md': 'no' })
    const flags = [...tiny, '--steps', '1', '--json', '--no-lines']
    const charactersOf = async (name: string, ...named: string[]) => {
      const { out, err } = await piped(foxText, 'train', ...named, '--out', join(folder, name), ...flags)
      expect(err).toBe('')
      return (jsonLines(out)[0]!['data'] as { characters: number }).characters
    }
    expect(await charactersOf('o1', '-')).toBe(foxText.length)
    expect(await charactersOf('o2', join(folder, 'in'))).toBe(foxText.length + 100)
    expect(await charactersOf('o3', join(folder, 'in/*.txt'), join(folder, 'in/deep/b.txt'))).toBe(
      foxText.length + 100,
    )
  })

  test.each(['graphemes', 'bytes', 'words', 'bpe --vocabulary 280', 'unigram --vocabulary 300'])(
    'cuts texts into %s',
    async (line) => {
      const folder = scratch({ 'fox.txt': foxText.repeat(3) })
      const run = join(folder, 'run')
      const flags = [...tiny, '--json', '--tokenizer', ...line.split(' ')]
      const { out, err } = await tapeloop('train', join(folder, 'fox.txt'), '--out', run, ...flags)
      expect(err).toBe('')
      const events = jsonLines(out)
      expect(events[0]!['data']).toMatchObject({ characters: 3 * foxText.length })
      const { nats, bitsPerCharacter } = events.find(({ type }) => type === 'validation') as Record<
        string,
        number
      >
      expect(bitsPerCharacter!).toBeLessThanOrEqual(nats! / Math.LN2 + 1e-9)
      const { code, out: written } = await tapeloop('sample', run, '--length', '10', '--prime', 'A quick')
      expect({ code, begins: written.startsWith('A quick') }).toEqual({ code: 0, begins: true })
      expect((await tapeloop('eval', run, join(folder, 'fox.txt'))).out).toMatch(/bits per character/)
    },
  )
})
