import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { foxText, scratch, tapeloop, tiny } from '../../fixtures/shell.js'

test.each([
  ['an LSTM of two layers', ['--cell', 'lstm', '--layers', '2'], ['o', 'f', 'i']],
  ['a GRU with vectors and dropout', ['--cell', 'gru', '--embedding', '5', '--zoneout', '0.1'], ['z', 'r']],
])('inspect explains %s on a page, and in numbers', async (_, args, gates) => {
  const folder = scratch({ 'fox.txt': foxText })
  const [text, run] = [join(folder, 'fox.txt'), join(folder, 'run')]
  await tapeloop('train', text, '--out', run, ...tiny, ...args)
  const { code, err, out } = await tapeloop('inspect', run, text, '--length', '30', '--units', '2')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toContain(join(run, 'inspection.html'))
  const page = readFileSync(join(run, 'inspection.html'), 'utf8')
  expect(page).toContain('How far back the gradient reaches')
  expect(page).not.toMatch(/NaN|undefined|src=|href=/)
  const data = JSON.parse(readFileSync(join(run, 'inspection.json'), 'utf8'))
  expect(data.tokens.join('')).toBe(foxText.slice(-30))
  expect(data.surprise).toHaveLength(29)
  expect(data.saliency).toHaveLength(29)
  expect(Object.keys(data.layers[0].gates)).toEqual(gates)
  expect(data.layers[0].active).toHaveLength(2)
  expect(data.layers.at(-1).flow.h).toHaveLength(64)
})

test('what a model was told of a text that it does not know is one sentence', async () => {
  const folder = scratch({ 'fox.txt': foxText, 'other.txt': '123' })
  const run = join(folder, 'run')
  await tapeloop('train', join(folder, 'fox.txt'), '--out', run, ...tiny)
  expect(await tapeloop('inspect', run, join(folder, 'other.txt'))).toMatchObject({
    code: 1,
    err: 'error: The text has 0 tokens that the model knows, but 2 are needed; give a longer text.\n',
  })
})
