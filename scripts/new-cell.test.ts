import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newCell } from './new-cell.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const files = [
  'packages/layers/src/index.ts',
  ...['rnn', 'index'].flatMap((name) => [
    `packages/layers/src/cells/${name}.ts`,
    `packages/testing/src/cells/scalar/${name}.ts`,
  ]),
]
let folder = ''
const read = (path: string) => readFileSync(join(folder, path), 'utf8')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapeloop-new-'))
  for (const path of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    cpSync(join(root, path), join(folder, path))
  }
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a new cell is the smallest one under its own name, and one line each where cells are listed', () => {
  const before = files.map(read)
  expect(newCell(folder, 'leaky-rnn')).toEqual([
    'packages/layers/src/cells/leaky-rnn.ts',
    'packages/testing/src/cells/scalar/leaky-rnn.ts',
  ])
  const added = files.map((path, i) => {
    const known = before[i]!.split('\n')
    return read(path)
      .split('\n')
      .filter((line) => !known.includes(line))
  })
  const lines = ["import { leakyRnn } from './leaky-rnn.js'", "  'leaky-rnn': leakyRnn,"]
  expect(added).toEqual([["export { leakyRnn } from './cells/leaky-rnn.js'"], [], [], lines, lines])
  const cell = read('packages/layers/src/cells/leaky-rnn.ts')
  for (const part of ['const leakyRnn =', "name: 'leaky-rnn'", "title: 'Leaky rnn'", 'cite: []'])
    expect(cell).toContain(part)
  newCell(folder, 'sru2')
  expect(read('packages/layers/src/cells/index.ts')).toMatch(/ {2}'leaky-rnn': leakyRnn,\n {2}sru2,\n\}/)
})

test.each([
  ['LeakyRnn', /"LeakyRnn" is no name for a cell; write it in lower case with hyphens/],
  ['../rnn', /is no name for a cell/],
  ['rnn', /there is a cell rnn in .*rnn\.ts; choose another name/],
  ['index', /there is a cell index/],
  ['switch', /switch means something else in TypeScript or in these packages; choose another name/],
  ['with-options', /withOptions means something else/],
])('%s is refused, and nothing is written', (name, says) => {
  const before = files.map(read)
  expect(() => newCell(folder, name)).toThrow(says)
  expect(files.map(read)).toEqual(before)
})

test('a list that it does not know any more is named', () => {
  writeFileSync(join(folder, files[0]!), 'export {}\n')
  expect(() => newCell(folder, 'leaky-rnn')).toThrow(
    /^packages\/layers\/src\/index\.ts has changed: .* correct scripts\/new-cell\.ts$/,
  )
})
