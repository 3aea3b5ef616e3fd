import * as backendWasm from '@tapeloop/backend-wasm'
import * as core from '@tapeloop/core'
import * as data from '@tapeloop/data'
import * as formats from '@tapeloop/formats'
import * as inspect from '@tapeloop/inspect'
import * as layers from '@tapeloop/layers'
import * as models from '@tapeloop/models'
import * as train from '@tapeloop/train'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { workspace } from '../../../scripts/workspace.js'
import * as tapeloop from './index.js'

const packages: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'backend-wasm': backendWasm,
  core,
  data,
  formats,
  inspect,
  layers,
  models,
  train,
}
const umbrella: Readonly<Record<string, unknown>> = tapeloop
/** Where to find the names that mean two things. */
const elsewhere: Readonly<Record<string, unknown>> = {
  'core.stack': tapeloop.core.stack,
  'train.linear': tapeloop.schedules.linear,
}

test.each(Object.entries(packages))('everything of %s is there', (name, exports) => {
  const missing = Object.entries(exports)
    .filter(([symbol, value]) => umbrella[symbol] !== value && elsewhere[`${name}.${symbol}`] !== value)
    .map(([symbol]) => symbol)
  expect(missing).toEqual([])
})

const root = fileURLToPath(new URL('../../..', import.meta.url))
/** Tests use it, programs do not. */
const apart = new Set(['testing', 'tapeloop'])
const entries = workspace(root)
  .filter(({ folder }) => folder.startsWith('packages/') && !apart.has(folder.slice('packages/'.length)))
  .map(({ folder, exports }) => join(root, folder, exports['.']!))

test('every public name of every package is there, types too', { timeout: 120_000 }, () => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path))
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const umbrella = join(root, 'packages/tapeloop/src/index.ts')
  const program = ts.createProgram([umbrella, ...entries], options)
  const checker = program.getTypeChecker()
  const namesOf = (entry: string) =>
    checker
      .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)!)!)
      .map(({ name }) => name)
  const present = new Set(namesOf(umbrella))
  expect(present.has('Schedule') && present.has('Cell') && present.has('Tensor')).toBe(true)
  expect(entries.length).toBeGreaterThanOrEqual(7)
  expect(entries.flatMap((entry) => namesOf(entry).filter((name) => !present.has(name)))).toEqual([])
})

test('schedules are all that the package of schedules has', () => {
  const index = readFileSync(join(root, 'packages/train/src/index.ts'), 'utf8')
  const lists = [...index.matchAll(/export \{([^}]*)\} from '\.\/schedules\//g)].map(([, list = '']) => list)
  const names = lists.flatMap((list) => list.split(',').map((name) => name.trim()))
  const values = names.filter((name) => name !== '' && !name.startsWith('type '))
  expect(Object.keys(tapeloop.schedules)).toEqual(expect.arrayContaining(['linear', 'oneCycle', 'constant']))
  expect(Object.keys(tapeloop.schedules).toSorted()).toEqual(values.toSorted())
  const other = Object.entries(tapeloop.schedules).filter(
    ([name, value]) => packages['train']![name] !== value,
  )
  expect(other).toEqual([])
})
