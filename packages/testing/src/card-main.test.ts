import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { isSound, type CellCard } from './card.js'

const main = fileURLToPath(new URL('card-main.ts', import.meta.url))
const conform = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', main, ...args], { encoding: 'utf8' })

test('cards are written as records, one a file', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'tapeloop-cards-'))
  const { status, stdout } = conform('cells', '--json', folder, 'min-gru', '--no-speed')
  expect([status, stdout]).toEqual([0, `✓ ${join(folder, 'min-gru.json')}\n`])
  expect(readdirSync(folder)).toEqual(['min-gru.json'])
  const card = JSON.parse(readFileSync(join(folder, 'min-gru.json'), 'utf8')) as CellCard
  expect(isSound(card)).toBe(true)
  expect(card).toMatchObject({ name: 'min-gru', cite: ['feng2024'], speed: null, products: { forward: [] } })
  rmSync(folder, { recursive: true })
})

test.each([
  [['cell'], 'usage: pnpm conform cell <name>'],
  [['cell', 'lstm', 'gru'], 'usage: pnpm conform cell <name>'],
  [['cells', 'folder'], 'usage: pnpm conform cell <name>'],
  [['cell', 'lsmt'], 'there is no cell "lsmt"; the cells are rnn, lstm,'],
  [['cells', '--json', 'folder', 'lsmt'], 'there is no cell "lsmt"; the cells are rnn, lstm,'],
])('%j is refused', (args, says) => {
  const { status, stderr } = conform(...args)
  expect(stderr).toContain(says)
  expect(status).toBe(2)
})
