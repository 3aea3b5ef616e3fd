import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mulberry32 } from '@tapeloop/data'
import { jsonLines, start, tapeloop } from '../fixtures/shell.js'

const kills = 200
const text = 'A quick brown fox jumps over the lazy dog, and the dog sleeps on.\n'.repeat(60)
const sizes = '--hidden 8 --batch-size 4 --seq-length 8 --checkpoint-every 5 --keep-every 50 --valid-every 20'
const flags = [...sizes.split(' '), '--steps', '2000', '--sample-every', '200', '--json']

/** Every file of a run but the one that names versions and a command, and the lock that a kill leaves. */
function filesOf(run: string): Record<string, string> {
  const entries = readdirSync(run, { recursive: true, encoding: 'utf8', withFileTypes: true })
  const names = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const contents = names.map((name) => [name.slice(run.length), readFileSync(name, 'hex')])
  return Object.fromEntries(contents.filter(([name]) => name !== '/run.json' && name !== '/lock')) as Record<
    string,
    string
  >
}

test('killed at random moments, a run is always readable, loses no more than a checkpoint, and ends as if it had not been', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tapeloop-kills-'))
  const fox = join(folder, 'fox.txt')
  writeFileSync(fox, text)
  await tapeloop('train', fox, '--out', join(folder, 'whole'), ...flags)
  const expected = filesOf(join(folder, 'whole'))
  const random = mulberry32(1)
  const run = join(folder, 'run')
  const finished: Record<string, string>[] = []
  const next = () =>
    existsSync(join(run, 'run.json'))
      ? ['train', '--out', run, '--resume', '--json']
      : ['train', fox, '--out', run, ...flags]
  let told = 0
  for (let kill = 0; kill < kills; kill++) {
    const { child, ended } = start(...next())
    await setTimeout(500 + 2500 * random())
    child.kill('SIGKILL')
    const { out, err } = await ended
    expect(err).toBe('')
    // the last line may be cut
    const events = jsonLines(out.slice(0, out.lastIndexOf('\n') + 1) || '{}')
    // one that was killed before it could tell anything has lost nothing
    const begun = events.find(({ type }) => type === 'start') ?? { step: told }
    expect(begun['step']).toBeGreaterThanOrEqual(told)
    const saved = events.filter(({ type }) => type === 'checkpoint').map(({ step }) => step as number)
    told = Math.max(told, ...saved)
    if (events.at(-1)?.['type'] === 'done') {
      // it was faster than the kill: another one, for as many kills as there are left
      finished.push(filesOf(run))
      rmSync(run, { recursive: true })
      told = 0
    }
  }
  expect((await tapeloop(...next())).code).toBe(0)
  for (const files of [...finished, filesOf(run)]) expect(files).toEqual(expected)
  rmSync(folder, { recursive: true })
})
