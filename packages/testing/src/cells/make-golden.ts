/** `npm run golden <cell>` writes `packages/layers/golden/<cell>.json`. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { cells, type Cell } from '@tapeloop/layers'
import { scalarCells } from './scalar/index.js'
import { makeGolden } from './scalar/make.js'

const folder = new URL('../../../layers/golden/', import.meta.url)
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(scalarCells)

mkdirSync(folder, { recursive: true })
for (const name of names) {
  const cell = Object.values<Cell>(cells).find((cell) => cell.name === name)
  const scalar = scalarCells[name]
  if (cell === undefined || scalar === undefined) {
    const known = Object.keys(scalarCells).join(', ')
    throw new Error(`${name} is not the name of a cell with plain loops; those are ${known}`)
  }
  const file = new URL(`${name}.json`, folder)
  writeFileSync(file, format(makeGolden(cell, scalar)))
  process.stdout.write(`${fileURLToPath(file)}\n`)
}

/** Indented, but every innermost array on one line. */
function format(value: unknown): string {
  const text = JSON.stringify(value, null, 2)
  return `${text.replaceAll(/\[[^[\]{}]*\]/g, (row) => row.replaceAll(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'))}\n`
}
