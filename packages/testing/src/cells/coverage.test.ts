import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { cells, type Cell } from '@tapeloop/layers'
import { expect, test } from 'vitest'
import { gapsOf } from './coverage.js'
import type { Golden } from './golden.js'

const layers = fileURLToPath(new URL('../../../layers/', import.meta.url))
const files = readdirSync(`${layers}src/cells`)
  .filter((file) => /^[a-z\d-]+\.ts$/.test(file) && file !== 'index.ts')
  .map((file) => file.replace('.ts', ''))

test.each(files)('%s is registered, and has a source, equations and golden numbers', async (file) => {
  const path = `${layers}src/cells/${file}.ts`
  const exported = (await import(/* @vite-ignore */ path)) as Record<string, unknown>
  expect(gapsOf({ file, exported, golden: goldenOf(file) }, cells).join('\n')).toBe('')
})

test('every registered cell, and every golden file, has a file of its name in cells/', () => {
  expect(Object.keys(cells).toSorted()).toEqual(files.toSorted())
  expect(readdirSync(`${layers}golden`).toSorted()).toEqual(files.map((file) => `${file}.json`).toSorted())
})

const { rnn } = cells
const { step, ...others } = rnn
const golden = goldenOf('rnn')!
const unknown: Cell = { ...rnn, name: 'leaky-rnn' } as typeof rnn as Cell

test.each<[string, Parameters<typeof gapsOf>[0], RegExp]>([
  [
    'not registered',
    { file: 'leaky-rnn', exported: { leakyRnn: unknown }, golden },
    /^packages\/layers\/src\/cells\/leaky-rnn\.ts is not registered; add to packages\/layers\/src\/cells\/index\.ts import \{ leakyRnn \} from '\.\/leaky-rnn\.js' and 'leaky-rnn': leakyRnn,$/,
  ],
  ['without a cell', { file: 'rnn', exported: {}, golden }, /rnn\.ts exports no cell; add export const/],
  [
    'named otherwise',
    { file: 'leaky-rnn', exported: { leakyRnn: { ...unknown, name: 'leaky' } }, golden },
    /names its cell leaky; write name: 'leaky-rnn',/,
  ],
  [
    'without a source',
    { file: 'rnn', exported: { rnn: { ...rnn, cite: [] } }, golden },
    /rnn\.ts has no source; .* cite: \['elman1990'\],/,
  ],
  [
    'without equations',
    { file: 'rnn', exported: { rnn: { ...rnn, equations: '' } }, golden },
    /rnn\.ts has no equations for h_t; add equations: String\.raw/,
  ],
  ['without a title', { file: 'rnn', exported: { rnn: { ...rnn, title: '' } }, golden }, /has no title; add/],
  [
    'whose option says nothing',
    {
      file: 'rnn',
      exported: { rnn: { ...rnn, options: { ...rnn.options, bias: { ...rnn.options.bias, doc: '' } } } },
      golden,
    },
    /rnn\.ts does not say what its option bias does; add doc: /,
  ],
  [
    'in another order',
    { file: 'rnn', exported: { rnn: { step, ...others } }, golden },
    /rnn\.ts has step, options, state, params; write them in the order options, state, params, step/,
  ],
  [
    'without golden numbers',
    { file: 'rnn', exported: { rnn }, golden: undefined },
    /^there is no packages\/layers\/golden\/rnn\.json; .* run npm run golden rnn$/,
  ],
  [
    'with golden numbers from nowhere',
    {
      file: 'rnn',
      exported: { rnn },
      golden: { ...golden, sources: { loops: { ...golden.sources['torch']!, from: '' } } },
    },
    /golden\/rnn\.json does not say where its numbers come from; add source/,
  ],
])('a file %s is missed, with the line to add', (_, file, says) => {
  const gaps = gapsOf(file, cells)
  expect(gaps.filter((gap) => says.test(gap))).toHaveLength(1)
})

test('the file of a whole cell lacks nothing', () => {
  expect(gapsOf({ file: 'rnn', exported: { rnn }, golden }, cells)).toEqual([])
})

function goldenOf(name: string): Golden | undefined {
  const file = `${layers}golden/${name}.json`
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Golden) : undefined
}
