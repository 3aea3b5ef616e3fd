import { parseArgs } from 'node:util'
import { wasm } from '@tapeloop/backend-wasm'
import { reference, setDefaultBackend, type Backend } from '@tapeloop/core'
import { runFolder } from './run-folder.js'

const usage =
  'usage: pnpm conformance <folder or file> [--corpora <folder of texts>] [--steps <first N of char-LM files>] [--float32] ' +
  '[--backend reference|wasm]'

const backends: Readonly<Record<string, () => Backend | Promise<Backend>>> = {
  reference: () => reference,
  wasm: () => wasm(),
}

/** Runs vectors against the public API. Exit code 0: all passed; 1: some failed; 2: nothing was run. */
async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      corpora: { type: 'string' },
      steps: { type: 'string', default: 'Infinity' },
      float32: { type: 'boolean', default: false },
      backend: { type: 'string', default: 'wasm' },
    },
  })
  const [path, ...more] = positionals
  if (path === undefined || more.length > 0) throw new Error(usage)
  const steps = Number(values.steps)
  if (!(steps === Infinity || Number.isInteger(steps)) || steps < 1) {
    throw new Error(`--steps is ${values.steps}; it must be a whole number from 1`)
  }
  const backend = backends[values.backend]
  if (backend === undefined) throw new Error(`--backend is ${values.backend}; it must be reference or wasm`)
  setDefaultBackend(await backend())
  let passed = 0
  let failed = 0
  for await (const result of runFolder(path, { corpora: values.corpora, steps, float32: values.float32 })) {
    if (result.passed) passed++
    else {
      failed++
      process.stdout.write(`FAILED ${result.name}: ${result.reason}\n`)
    }
  }
  if (passed + failed === 0) throw new Error(`${path} holds no vectors`)
  process.stdout.write(`${passed} passed, ${failed} failed\n`)
  return failed === 0 ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
