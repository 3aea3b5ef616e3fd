/** `pnpm new cell <name> [--no-watch]`: a new cell, and its conformance suite. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { newCell } from './new-cell.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const words = process.argv.slice(2).filter((word) => word !== '--')
const [kind, name, ...more] = words.filter((word) => word !== '--no-watch')

if (kind !== 'cell' || name === undefined || more.length > 0) {
  console.error('usage: pnpm new cell <name> [--no-watch]')
  process.exitCode = 2
} else {
  try {
    const [cell, twin] = newCell(root, name)
    console.log(nextSteps(name, cell!, twin!))
    process.exitCode = conform(name, words.includes('--no-watch') || !process.stdout.isTTY)
  } catch (error) {
    console.error((error as Error).message)
    process.exitCode = 1
  }
}

function nextSteps(name: string, cell: string, twin: string): string {
  return `${cell} is a copy of rnn, and registered. Next:

1. Write the equations, the step and the source in ${cell}.
2. Write the same steps as plain loops, from the paper alone, in ${twin}.
3. npm run golden ${name}        makes golden numbers of those loops
4. npm run conform cell ${name}  shows the card of the cell

This is its conformance suite. The source and the golden numbers are missed until steps 1 to 3 are done.`
}

/** The suite of one cell, once or at every change of a file. */
function conform(name: string, once: boolean): number {
  const suite = ['cells', 'coverage'].map((part) => `packages/testing/src/cells/${part}.test.ts`)
  const how = [
    once ? 'run' : 'watch',
    '--project',
    'unit',
    '--typecheck.enabled=false',
    '--clearScreen=false',
    '--reporter=verbose',
    '--hideSkippedTests',
  ]
  const args = ['node_modules/vitest/vitest.mjs', ...how, ...suite, '-t', `(^| )${name} `]
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1
}
