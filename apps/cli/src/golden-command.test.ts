import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { scratch } from '../fixtures/shell.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** tsx takes the paths of the tsconfig.json where it is started: that of the root leads to the sources. */
test('npm run golden reads the sources, whatever was built', { timeout: 60_000 }, () => {
  const coverage = scratch()
  const env = { ...process.env, NODE_V8_COVERAGE: coverage }
  const args = ['run', '-s', 'golden', 'nonesuch']
  const { stderr, status } = spawnSync('npm', args, { cwd: root, encoding: 'utf8', env })
  expect(status).toBe(1)
  expect(stderr).toContain('there is no cell "nonesuch"')
  const urls = readdirSync(coverage).flatMap((file) =>
    (JSON.parse(readFileSync(join(coverage, file), 'utf8')) as { result: { url: string }[] }).result.map(
      ({ url }) => url,
    ),
  )
  const ours = urls.filter((url) => /\/packages\/[\w-]+\/(src|dist)\//.test(url))
  expect(ours.some((url) => url.includes('/packages/layers/src/index.ts'))).toBe(true)
  expect(ours.filter((url) => url.includes('/dist/'))).toEqual([])
})
