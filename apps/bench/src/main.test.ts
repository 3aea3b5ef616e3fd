import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { peerNames } from './benchmarks/benchmark.js'

const bench = fileURLToPath(new URL('..', import.meta.url))
const run = (line: string) =>
  spawnSync(process.execPath, ['--import', 'tsx', 'apps/bench/src/main.ts', ...line.split(' ')], {
    cwd: join(bench, '../..'),
    encoding: 'utf8',
  })

test('a benchmark prints a line of JSON a row, and nothing else', { timeout: 60_000 }, () => {
  const sizes = '--cells lstm --hidden 4 --batch 2 --time 3'
  const line = `step --json --levels reference --peers none --rounds 1 --seconds 0.001 --threads 2 ${sizes}`
  const { stdout, stderr, status } = run(line)
  expect(status, stderr).toBe(0)
  const [row, ...others] = stdout
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text))
  expect(others).toEqual([])
  expect(row).toMatchObject({
    benchmark: 'step',
    case: { cell: 'lstm', hidden: 4, layers: 1, threads: 2, input: 'embedding', batch: 2, time: 3 },
    level: 'reference',
    peer: 'tapeloop',
    ratio: expect.any(Number),
  })
  expect(stderr).toContain(`Node ${process.versions.node}`)
})

test('what is wrong ends in one sentence', { timeout: 60_000 }, () => {
  const { stdout, stderr, status } = run('step --cells elman')
  expect([status, stdout]).toEqual([1, ''])
  expect(stderr.trim().split('\n')).toHaveLength(1)
})

test('every peer has a folder; what npm has of it is pinned and locked', () => {
  const folders = readdirSync(join(bench, 'peers'))
  expect(folders.toSorted()).toEqual([...peerNames, 'node'].toSorted())
  for (const folder of folders.filter((name) => name !== 'pytorch')) {
    const path = join(bench, 'peers', folder)
    const { devDependencies, optionalDependencies } = JSON.parse(
      readFileSync(join(path, 'package.json'), 'utf8'),
    )
    const versions: string[] = Object.values({ ...devDependencies, ...optionalDependencies })
    expect(versions.length).toBeGreaterThan(0)
    for (const version of versions) expect(version).toMatch(/^\d+\.\d+\.\d+$/)
    expect(existsSync(join(path, 'pnpm-lock.yaml')), folder).toBe(true)
  }
})
