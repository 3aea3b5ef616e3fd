import { expect, test } from 'vitest'
import { packRun, rootedAtRun, unpackRun } from './archive.js'

const text = (value: string) => new TextEncoder().encode(value)
const files = { 'run.json': text('{}'), 'checkpoints/step-1/model.safetensors': text('weights') }

test('a run comes out of its archive as it went in', async () => {
  const bytes = new Uint8Array(await (await packRun(files, 'my-run')).arrayBuffer())
  expect(await unpackRun(bytes)).toEqual(files)
})

test('what is no archive of a run is refused in one sentence', async () => {
  await expect(unpackRun(text('not a zip'))).rejects.toThrow(
    'The file is no zip archive, or it is damaged; choose the zip of a run folder.',
  )
  expect(() => rootedAtRun({ 'notes.txt': text('hello') })).toThrow('There is no run.json among the files')
})
