/**
 * `pnpm conform cell <name> [--json]` prints the card of a cell. `pnpm conform cells --json <folder> [<name> …]` writes the
 * cards of all cells, or of some, as records `<folder>/<name>.json`. `--no-speed` times nothing: the records are then the
 * same each time. Exit code 0: all pass everything; 1: one does not; 2: the command is wrong.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { wasm } from '@tapeloop/backend-wasm'
import { cellNamed, cells, type Cell } from '@tapeloop/layers'
import { cardText } from './card-text.js'
import { cellCard, isSound, type CellCard } from './card.js'
import type { Golden } from './cells/golden.js'

const usage = `usage: pnpm conform cell <name> [--json] [--no-speed]
       pnpm conform cells --json <folder> [<name> …] [--no-speed]`

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, 'no-speed': { type: 'boolean', default: false } },
  })
  const [kind, target, ...names] = positionals
  const isOne = kind === 'cell' && names.length === 0
  if (target === undefined || !(isOne || (kind === 'cells' && values.json))) throw new Error(usage)
  const chosen = isOne ? [cellNamed(target)] : names.map(cellNamed)
  const backend = await wasm()
  const cardOf = (cell: Cell) =>
    cellCard(cell, { backend, golden: goldenOf(cell.name), ...(values['no-speed'] && { rounds: 0 }) })
  let isAllSound = true
  for (const cell of chosen.length > 0 ? chosen : Object.values<Cell>(cells)) {
    const card = cardOf(cell)
    if (isOne) process.stdout.write(values.json ? record(card) : cardText(card))
    else writeTo(target, card)
    isAllSound &&= isSound(card)
  }
  return isAllSound ? 0 : 1
}

function writeTo(folder: string, card: CellCard): void {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${card.name}.json`)
  writeFileSync(file, record(card))
  process.stdout.write(`${isSound(card) ? '✓' : '✗'} ${file}\n`)
}

function record(card: CellCard): string {
  return `${JSON.stringify(card, null, 2)}\n`
}

function goldenOf(name: string): Golden | undefined {
  const file = new URL(`../../layers/golden/${name}.json`, import.meta.url)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Golden) : undefined
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
