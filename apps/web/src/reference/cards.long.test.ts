import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { wasm } from '@tapeloop/backend-wasm'
import { cells, type Cell } from '@tapeloop/layers'
import { cellCard } from '@tapeloop/testing'
import { expect, test } from 'vitest'

const folder = fileURLToPath(new URL('../../cards', import.meta.url))

test('there is a card for every cell, and no other', () => {
  const names = readdirSync(folder).map((file) => file.replace('.json', ''))
  expect(names.toSorted()).toEqual(Object.keys(cells).toSorted())
})

test.for(Object.values<Cell>(cells))('the card of $name is as `npm run cards` writes it', async (cell) => {
  const written = JSON.parse(readFileSync(`${folder}/${cell.name}.json`, 'utf8'))
  const golden = JSON.parse(
    readFileSync(new URL(`../../../../packages/layers/golden/${cell.name}.json`, import.meta.url), 'utf8'),
  )
  const card = cellCard(cell, { backend: await wasm(), golden, rounds: 0 })
  // how fast a cell is differs from machine to machine
  expect(JSON.parse(JSON.stringify({ ...card, speed: written.speed }))).toEqual(written)
})
