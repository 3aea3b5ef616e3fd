import * as core from '@tapeloop/core'
import * as data from '@tapeloop/data'
import * as formats from '@tapeloop/formats'
import * as layers from '@tapeloop/layers'
import * as models from '@tapeloop/models'
import * as train from '@tapeloop/train'
import { expect, test } from 'vitest'
import * as tapeloop from './index.js'

const packages: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
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

test('init chooses a backend, with which compile then works', async () => {
  const backend = await tapeloop.init()
  const names: string[] = []
  const double = tapeloop.compile((x: tapeloop.Tensor) => {
    names.push('traced')
    return x.mul(2)
  })
  expect([...double(tapeloop.tensor([1, 2])).dataSync()]).toEqual([2, 4])
  expect(names).toEqual(['traced'])
  expect(backend.name).not.toBe('')
})
