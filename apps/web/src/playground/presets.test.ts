import { expect, test } from 'vitest'
import { registry } from './engine/registry.js'
import { labAddress } from './engine/lab/address.js'
import { sequenceAddress } from './engine/sequence-tasks/address.js'
import { parseLook, printLook } from './engine/sequence-tasks/look.js'
import { parseText, printText } from './engine/text/config.js'
import { sampleTexts } from './engine/text/samples.js'
import { presets } from './presets.js'

test('there are at least ten, and each says what it teaches', () => {
  expect(presets.length).toBeGreaterThanOrEqual(10)
  for (const { title, teaches } of presets) expect(`${title}: ${teaches}`).toMatch(/^[A-Z].*\.|\?$/)
})

/** What an address says, whatever the order. */
const sorted = (query: string) =>
  [...new URLSearchParams(query)].map(([name, value]) => `${name}=${value}`).toSorted()

const known = { cells: Object.keys(registry), optimizers: ['adam'] }
const canonical = {
  'gradient-lab': (query: string) => labAddress.print(labAddress.parse(query)),
  'sequence-tasks': (query: string) =>
    printLook(sequenceAddress.print(sequenceAddress.parse(query)), parseLook(query)),
  text: (query: string) =>
    printText(parseText(query, known), new URLSearchParams(query).get('sample') ?? 'moby-dick', 'moby-dick'),
}

test.each(presets)('$title is an address of which nothing is wrong or needless', ({ page, query }) => {
  expect(sorted(canonical[page](query))).toEqual(sorted(query))
})

test('every text of a preset is there', () => {
  const named = presets.flatMap(({ query }) => new URLSearchParams(query).get('sample') ?? [])
  expect(named).not.toHaveLength(0)
  expect(Object.keys(sampleTexts)).toEqual(expect.arrayContaining(named))
})
