import * as backendWasm from '@tapeloop/backend-wasm'
import * as core from '@tapeloop/core'
import * as data from '@tapeloop/data'
import * as formats from '@tapeloop/formats'
import * as layers from '@tapeloop/layers'
import * as models from '@tapeloop/models'
import * as train from '@tapeloop/train'
import { expect, test, vi } from 'vitest'
import * as tapeloop from './index.js'

const packages: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'backend-wasm': backendWasm,
  core,
  data,
  formats,
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

test('init chooses the fastest backend, with which compile then works', async () => {
  const backend = await tapeloop.init()
  expect(backend.name).toMatch(/^wasm/)
  const double = tapeloop.compile((x: tapeloop.Tensor) => x.mul(2))
  expect([...double(tapeloop.tensor([1, 2])).dataSync()]).toEqual([2, 4])
})

test('where the fastest does not run, it is the reference', async () => {
  const compile = vi.spyOn(WebAssembly, 'validate').mockReturnValue(false)
  expect(await tapeloop.init()).toBe(tapeloop.reference)
  compile.mockRestore()
})
