/** `npm run golden [<cell> …]` writes `packages/layers/golden/<cell>.json`, for all cells unless some are named. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { refuse, TapeloopError } from '@tapeloop/core'
import { cellNamed } from '@tapeloop/layers'
import { goldenOptions, missingGolden } from './golden.js'
import { scalarCells } from './scalar/index.js'
import { makeGolden } from './scalar/make.js'
import { torchOptions, withTorch } from './torch-golden.js'

const folder = new URL('../../../layers/golden/', import.meta.url)

function write(name: string): void {
  const cell = cellNamed(name)
  const scalar = scalarCells[name] ?? refuse(name, missingGolden(name))
  const settings = [...goldenOptions(cell), ...torchOptions(cell)]
  const golden = withTorch(cell, makeGolden(cell, scalar, settings))
  mkdirSync(folder, { recursive: true })
  const file = new URL(`${name}.json`, folder)
  writeFileSync(file, format(golden))
  process.stdout.write(`${fileURLToPath(file)}\n`)
}

/** Indented, but every innermost array on one line. */
function format(value: unknown): string {
  const text = JSON.stringify(value, null, 2)
  return `${text.replaceAll(/\[[^[\]{}]*\]/g, (row) => row.replaceAll(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'))}\n`
}

try {
  const names = process.argv.slice(2)
  for (const name of names.length > 0 ? names : Object.keys(scalarCells)) write(name)
} catch (error) {
  if (!(error instanceof TapeloopError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
