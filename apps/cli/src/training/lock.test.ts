import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { foxText, scratch, tapeloop, tiny } from '../../fixtures/shell.js'
import { lockFolder } from './lock.js'

const holding = (pid: number, host = hostname(), started = '1') =>
  `${JSON.stringify({ pid, host, started })}\n`
/** The number of a process that is no more. */
const gone = () => spawnSync(process.execPath, ['--version']).pid

test('one folder has one lock at a time', async () => {
  const folder = scratch()
  const unlock = await lockFolder(folder)
  await expect(lockFolder(folder)).rejects.toThrow(
    `Process ${process.pid} on ${hostname()} trains in "${folder}"; wait for it, or choose another --out`,
  )
  await unlock()
  expect(existsSync(join(folder, 'lock'))).toBe(false)
  await (
    await lockFolder(folder)
  )()
})

test.each([
  ['a process that is gone', () => holding(gone())],
  ['a process whose number another has now', () => holding(process.ppid, hostname(), 'long ago')],
  ['this number, from before', () => holding(process.pid)],
  ['nobody that can be read', () => '{'],
])('what %s left behind is taken over', async (_, text) => {
  const folder = scratch({ lock: text() })
  const unlock = await lockFolder(folder)
  expect(JSON.parse(readFileSync(join(folder, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid })
  await unlock()
})

test('of many that take over at once, one has it', async () => {
  const folder = scratch({ lock: holding(gone()) })
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)))
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test('a training in a folder of another computer is refused', async () => {
  const folder = scratch({ 'fox.txt': foxText })
  const run = join(folder, 'run')
  await tapeloop('train', join(folder, 'fox.txt'), '--out', run, ...tiny)
  expect(existsSync(join(run, 'lock'))).toBe(false)
  writeFileSync(join(run, 'lock'), holding(7, 'elsewhere'))
  const { code, err } = await tapeloop('train', '--out', run, '--resume')
  expect(code).toBe(1)
  expect(err).toMatch(
    /^error: Process 7 on elsewhere trains in ".*"; .*if it is gone, delete ".*lock"\)\.\n$/,
  )
})
