import { mkdtemp, mkdir, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadTokenizer, readText, readTexts, saveTokenizer } from './node.js'
import { bpe } from './tokenizers/bpe/bpe.js'
import { graphemes } from './tokenizers/graphemes.js'

let folder: string
const file = async (name: string, content: string | Uint8Array) => {
  await writeFile(join(folder, name), content)
  return join(folder, name)
}
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tapeloop-data-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('a text file is read, with its path and what was changed', async () => {
  const path = await file('crlf.txt', 'a\r\nb')
  expect(await readText(path)).toEqual({
    path,
    text: 'a\nb',
    changes: [
      { step: 'byte-order-mark', changed: 0, unit: 'marks' },
      { step: 'invalid-utf8', changed: 0, unit: 'sequences' },
      { step: 'line-ends', changed: 1, unit: 'line ends' },
    ],
  })
  expect((await readText(path, { lineEnds: 'keep' })).text).toBe('a\r\nb')
})

test('files are read in the order given', async () => {
  const paths = [await file('2.txt', 'two'), await file('1.txt', 'one')]
  expect((await readTexts(paths)).map(({ text }) => text)).toEqual(['two', 'one'])
})

test('a missing file, a folder, an empty file, UTF-16 and a huge file end in one sentence', async () => {
  const missing = join(folder, 'missing.txt')
  await expect(readText(missing)).rejects.toThrow(
    `Cannot read "${missing}": there is no such file (${missing}).`,
  )
  await mkdir(join(folder, 'folder'))
  await expect(readText(join(folder, 'folder'))).rejects.toThrow('it is a folder; name a text file in it.')
  const empty = await file('empty.txt', '')
  await expect(readText(empty)).rejects.toThrow(`"${empty}" is empty; give a file with text in it.`)
  await expect(readText(await file('mark.txt', '\uFEFF'))).rejects.toThrow(
    'is empty; give a file with text in it.',
  )
  await expect(readText(join(empty, 'x'))).rejects.toThrow('a part of the path is a file, not a folder')
  const wide = await file('wide.txt', Uint8Array.of(0xff, 0xfe, 0x61, 0))
  await expect(readText(wide)).rejects.toThrow(`"${wide}" is UTF-16, but UTF-8 is expected`)

  const huge = join(folder, 'huge.txt')
  const handle = await open(huge, 'w')
  await handle.truncate(3 * 2 ** 30)
  await handle.close()
  await expect(readText(huge)).rejects.toThrow(`"${huge}" has 3221225472 bytes, too many to be read at once`)
})

test.each(['tapeloop', 'hugging-face'] as const)(
  'a tokenizer is saved and loaded in the format %s',
  async (format) => {
    const path = join(folder, `${format}.json`)
    const tokenizer = bpe.train('the cat and the hat', { size: 258, special: ['end'] })
    await saveTokenizer(path, tokenizer, { format })
    const loaded = await loadTokenizer(path)
    expect(loaded.encode('that cat').ids).toEqual(tokenizer.encode('that cat').ids)
    expect(loaded.special).toEqual({ end: 258 - 1 })
  },
)

test('a tokenizer that cannot be saved or loaded is refused in one sentence, and the file stays', async () => {
  const path = await file('kept.json', 'kept')
  await expect(saveTokenizer(path, graphemes.train('a'), { format: 'hugging-face' })).rejects.toThrow(
    'toHuggingFace: a tokenizer of type "graphemes" cannot be written',
  )
  await expect(loadTokenizer(path)).rejects.toThrow('tokenizer.json is not valid JSON')
  const nowhere = join(folder, 'nowhere', 'tokenizer.json')
  await expect(saveTokenizer(nowhere, graphemes.train('a'))).rejects.toThrow(
    `Cannot write "${nowhere}": ENOENT`,
  )
  const missing = join(folder, 'missing.json')
  await expect(loadTokenizer(missing)).rejects.toThrow(`Cannot read "${missing}": there is no such file`)
})
