import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { workspace } from './workspace.js'

/**
 * What a page loads at most: every export of these packages, minified and compressed. The goal is 60 kB. The limit is what
 * stands now, with room for a day's work; lower it whenever something got smaller, raise it only with a reason.
 */
const limit = 100_000
const packages = ['@tapeloop/core', '@tapeloop/backend-wasm', '@tapeloop/layers']

const root = fileURLToPath(new URL('..', import.meta.url))
const entries = new Map(
  workspace(root).map(({ folder, name, exports }) => [name, `${folder}/${exports['.']}`]),
)

/** Bytes of a bundle of all exports of `names`; other packages are left out of it. */
async function sizeOf(...names: string[]): Promise<number> {
  const { outputFiles } = await build({
    stdin: {
      contents: names.map((name) => `export * from './${entries.get(name)}'`).join('\n'),
      resolveDir: root,
    },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2023',
    external: packages.filter((name) => !names.includes(name)),
    write: false,
  })
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length
}

test('the packages that every page loads stay small', { timeout: 60_000 }, async () => {
  const alone = await Promise.all(packages.map(async (name) => `${name} alone ${await sizeOf(name)}`))
  const together = await sizeOf(...packages)
  expect(
    together,
    `together ${together} bytes, of at most ${limit}; ${alone.join(', ')}`,
  ).toBeLessThanOrEqual(limit)
})
