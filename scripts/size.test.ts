import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { workspace } from './workspace.js'

/**
 * What a page loads, minified and compressed: at most every export of these packages, and what it takes to train an LSTM.
 * The aim is 60 kB for all; docs/decisions/0011-size.md says why it is not met. Lower the limits whenever something got
 * smaller.
 */
const limits = { everything: 110_000, training: 81_500 }
const packages = ['@tapeloop/core', '@tapeloop/backend-wasm', '@tapeloop/layers']

const root = fileURLToPath(new URL('..', import.meta.url))
const entries = new Map(
  workspace(root).map(({ folder, name, exports }) => [name, `${folder}/${exports['.']}`]),
)

const everythingOf = (name: string) => `export * from '${name}'`

/** Bytes of a bundle of these lines; packages that are not `inside` are left out of it. */
async function sizeOf(lines: readonly string[], inside = packages): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: lines.join('\n'), resolveDir: root },
    alias: Object.fromEntries(inside.map((name) => [name, join(root, entries.get(name)!)])),
    external: packages.filter((name) => !inside.includes(name)),
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2023',
    write: false,
  })
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length
}

test('all exports of the packages that every page loads stay small', { timeout: 60_000 }, async () => {
  const alone = packages.map(async (name) => `${name} alone ${await sizeOf([everythingOf(name)], [name])}`)
  const parts = (await Promise.all(alone)).join(', ')
  const bytes = await sizeOf(packages.map(everythingOf))
  expect(bytes, `${bytes} bytes; ${parts}`).toBeLessThanOrEqual(limits.everything)
})

test('what trains an LSTM stays small', { timeout: 60_000 }, async () => {
  const bytes = await sizeOf([
    `export { compile, tensor, valueAndGrad } from '@tapeloop/core'`,
    `export { wasm } from '@tapeloop/backend-wasm'`,
    `export { crossEntropy, embedding, linear, lstm, recurrent } from '@tapeloop/layers'`,
  ])
  expect(bytes, `${bytes} bytes`).toBeLessThanOrEqual(limits.training)
  expect(bytes).toBeLessThan(0.85 * (await sizeOf(packages.map(everythingOf)))) // what nobody asks for is left out
})
