/** `pnpm conform cell <name> [--json]` prints the card of a cell. Exit code 0: it passes everything; 1: it does not; 2: no such cell. */
import { existsSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { wasm } from '@tapeloop/backend-wasm'
import { cells, type Cell } from '@tapeloop/layers'
import { cardText } from './card-text.js'
import { cellCard, isSound } from './card.js'
import type { Golden } from './cells/golden.js'

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  })
  const [kind, name, ...more] = positionals
  if (kind !== 'cell' || name === undefined || more.length > 0)
    throw new Error('usage: pnpm conform cell <name> [--json]')
  const cell = Object.values<Cell>(cells).find((each) => each.name === name)
  if (cell === undefined) {
    throw new Error(`${name} is not the name of a cell; those are ${Object.keys(cells).join(', ')}`)
  }
  const file = new URL(`../../layers/golden/${name}.json`, import.meta.url)
  const golden = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Golden) : undefined
  const card = cellCard(cell, { backend: await wasm(), golden })
  process.stdout.write(values.json ? `${JSON.stringify(card, null, 2)}\n` : cardText(card))
  return isSound(card) ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
