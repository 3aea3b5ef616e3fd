/** `pnpm reproduce`: published results, trained again. */
import { fileURLToPath } from 'node:url'
import { TapeloopError } from '@tapeloop/tapeloop'
import { parseArguments, usage } from './arguments.js'
import { reproduce } from './reproduce.js'

const root = fileURLToPath(new URL('../../../..', import.meta.url))

try {
  const given = parseArguments(process.argv.slice(2), root)
  if (given.help) console.log(usage)
  const output = { print: console.log, progress: console.error }
  if (!given.help) for (const name of given.names) await reproduce(name, given, root, output)
} catch (error) {
  if (!(error instanceof TapeloopError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
