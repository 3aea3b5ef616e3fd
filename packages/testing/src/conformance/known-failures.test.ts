import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { wasm } from '@tapeloop/backend-wasm'
import { reference, setDefaultBackend } from '@tapeloop/core'
import { afterAll, describe, expect, test } from 'vitest'
import { sharedFolder } from '../../../../scripts/shared.js'
import { runFolder } from './run-folder.js'

const vectors = join(sharedFolder, 'vectors')
const known = JSON.parse(readFileSync(new URL('./known-failures.json', import.meta.url), 'utf8')) as string[]

/** Runs one folder of the vectors, and names what is not as the list says. */
async function surprises(folder: string, isOurs: (name: string) => boolean): Promise<string[]> {
  const expected = new Set(known.filter(isOurs))
  const found: string[] = []
  let count = 0
  const options = { corpora: join(sharedFolder, 'data/text'), steps: 300 }
  for await (const { name, passed, reason } of runFolder(join(vectors, folder), options)) {
    count++
    if (passed && expected.has(name)) found.push(`${name} passes now: take it off known-failures.json`)
    if (!passed && !expected.has(name)) found.push(`${name} fails: ${reason}`)
    expected.delete(name)
  }
  expect(count).toBeGreaterThan(0)
  return [
    ...found,
    ...[...expected].map((name) => `${name} is in known-failures.json, but there is no such case`),
  ]
}

const isOnnx = (name: string) => name.startsWith('node/') || name.startsWith('extra/')
const isCharLm = (name: string) => name.includes('.json/')

const isTorch = (name: string) => !isOnnx(name) && !isCharLm(name)

describe('the shared vectors', () => {
  afterAll(() => setDefaultBackend(reference))
  test.for([
    { folder: 'torch', isOurs: isTorch, backend: 'reference' },
    { folder: 'torch', isOurs: isTorch, backend: 'wasm' },
    { folder: 'onnx', isOurs: isOnnx, backend: 'wasm' },
    // 300 steps of them are too much for loops over typed arrays
    { folder: 'charlm', isOurs: isCharLm, backend: 'wasm' },
  ])(
    '$folder on $backend: what fails is what known-failures.json says',
    { timeout: 600_000 },
    async ({ folder, isOurs, backend }, context) => {
      if (!existsSync(vectors)) context.skip('TAPELOOP_SHARED has no vectors')
      setDefaultBackend(backend === 'wasm' ? await wasm() : reference)
      expect(await surprises(folder, isOurs)).toEqual([])
    },
  )
})

test('the list is sorted and names each case once', () => {
  expect(known).toEqual([...new Set(known)].toSorted())
})
