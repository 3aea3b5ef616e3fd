import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const main = join(root, 'apps/cli/src/main.ts')
const tsx = join(root, 'node_modules/tsx/dist/loader.mjs')
let folder = ''
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'tapeloop-new-cell-'))))
afterEach(() => rmSync(folder, { recursive: true }))

/** Node with TypeScript, in the folder. The suite must not take itself for a part of another. */
function node(args: readonly string[], cwd = folder) {
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env } = process.env
  return spawnSync(process.execPath, ['--import', tsx, ...args], { cwd, encoding: 'utf8', env })
}

test('a new cell is a package whose suite passes, and sees a fault', { timeout: 120_000 }, () => {
  const { stdout, stderr, status } = node([main, 'new', 'cell', 'leaky-rnn'])
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout).toContain('leaky-rnn/index.js is a cell that passes everything. Next:')
  const own = join(folder, 'leaky-rnn')
  expect(readdirSync(own).toSorted()).toEqual(['index.js', 'index.test.js', 'package.json'])
  const { name, scripts, peerDependencies, devDependencies } = JSON.parse(
    readFileSync(join(own, 'package.json'), 'utf8'),
  )
  expect([name, scripts]).toEqual(['leaky-rnn', { test: 'node --test' }])

  // what an installation would bring
  mkdirSync(join(own, 'node_modules/@tapeloop'), { recursive: true })
  for (const dependency of Object.keys({ ...peerDependencies, ...devDependencies })) {
    const target = join(root, 'packages', dependency.replace('@tapeloop/', ''))
    symlinkSync(target, join(own, 'node_modules', dependency))
  }
  const passing = node(['--test'], own)
  expect(passing.stdout, passing.stderr).toMatch(/fail 0\n/)
  expect(passing.stdout).toContain('learns to copy three symbols')

  // the command line that was printed, and those that need the cell afterwards
  writeFileSync(join(folder, 'text.txt'), 'so it goes, and so it goes on. '.repeat(150))
  const [, given] = /--cell (\S+)/.exec(stdout)!
  const tapeloop = (...args: string[]) => node([main, ...args, '--cell', given!])
  const trained = tapeloop('train', 'text.txt', '--out', 'model', '--steps', '2', '--hidden', '4')
  expect([trained.status, trained.stderr]).toEqual([0, ''])
  expect(JSON.parse(readFileSync(join(folder, 'model/run.json'), 'utf8'))).toMatchObject({
    config: { cell: 'leaky-rnn' },
  })
  expect(tapeloop('sample', 'model', '--length', '5').stdout).toMatch(/^[^]{5}\n$/)
  expect(node([main, 'sample', 'model']).stderr).toMatch(
    /cell is "leaky-rnn"; it must be .*; if it is your own, name its file by --cell, as in --cell \.\/my-cell\.js\.\n/,
  )
  expect(tapeloop('cells').stdout).toContain('Leaky rnn')

  const index = join(own, 'index.js')
  const text = readFileSync(index, 'utf8')
  writeFileSync(index, text.replace('.add(bias)', ''))
  expect(node(['--test'], own).stdout).toContain('element 0 of params.bias never changes an output')
})

test('a cell is loaded with the packages of the program, whether it has others or none', () => {
  node([main, 'new', 'cell', 'leaky-rnn'])
  const list = () => node([main, 'cells', '--cell', 'leaky-rnn/index.js'])
  expect([list().stderr, list().stdout]).toEqual(['', expect.stringContaining('Leaky rnn')])
  const others = join(folder, 'leaky-rnn/node_modules/@tapeloop')
  for (const name of ['core', 'layers']) {
    mkdirSync(join(others, name), { recursive: true })
    writeFileSync(join(others, name, 'index.js'), `throw new Error('another copy')`)
    const manifest = { name: `@tapeloop/${name}`, type: 'module', exports: './index.js' }
    writeFileSync(join(others, name, 'package.json'), JSON.stringify(manifest))
  }
  expect([list().stderr, list().stdout]).toEqual(['', expect.stringContaining('Leaky rnn')])
})

test.each([
  [['cell', 'Leaky'], /"Leaky" is no name for a cell/],
  [['cell', 'lstm'], /there is a cell lstm already; choose another name/],
  [['layer', 'leaky-rnn'], /There is no new "layer"; write tapeloop new cell <folder>/],
  [['cell', 'taken'], /"taken" is not empty; name a new folder/],
])('new %j is refused', (args, says) => {
  mkdirSync(join(folder, 'taken'))
  writeFileSync(join(folder, 'taken/notes.txt'), '')
  const { stderr, status } = node([main, 'new', ...args])
  expect(stderr).toMatch(says)
  expect(status).toBe(2)
  expect(readdirSync(folder)).toEqual(['taken'])
})

test.each([
  ['none.js', undefined, /--cell names "none\.js", which is not there; check the path/],
  ['broken.js', 'export const = 1', /--cell names "broken\.js", which cannot be loaded/],
  ['empty.mjs', 'export const step = () => 1', /which exports no cell; export one, made by defineCell/],
  [
    'lstm.js',
    cellSource('lstm', '{}'),
    /--cell names "lstm\.js"; registerCell: there is a cell lstm already; choose another name\./,
  ],
  [
    'odd.js',
    cellSource('odd', `{ forgetBias: { type: 'boolean', default: true, doc: '' } }`),
    /the option forgetBias of odd is a boolean, that of lstm a number; rename it/,
  ],
  [
    'two.js',
    `${cellSource('a', '{}')}\nexport const other = { ...cell }`,
    /which exports 2 cells; export one/,
  ],
])('--cell %s is refused', (file, text, says) => {
  if (text !== undefined) writeFileSync(join(folder, file), text)
  const { stderr, status } = node([main, 'cells', `--cell=${file}`])
  expect(stderr).toMatch(says)
  expect(status).toBe(2)
})

function cellSource(name: string, options: string): string {
  return `export const cell = { name: '${name}', options: ${options}, state: () => ({}), params: () => ({}), step: () => ({}) }`
}
