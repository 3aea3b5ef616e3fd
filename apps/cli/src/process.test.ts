import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { jsonLines, scratch, start, tapeloop } from '../fixtures/shell.js'

/** What only a process of its own shows: signals, kills, and pipes that are closed. */
const text = 'A quick brown fox jumps over the lazy dog, and the dog sleeps on.\n'.repeat(60)
const sizes = ['--hidden', '8', '--batch-size', '4', '--seq-length', '8', '--checkpoint-every', '7']
const flags = [...sizes, '--steps', '60', '--valid-every', '11', '--sample-every', '13', '--json']

/** Every file of a run but those that hold times, which none does. */
function filesOf(run: string): Record<string, string> {
  const names = readdirSync(run, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  const contents = names.map((name) => [name.slice(run.length), readFileSync(name, 'hex')])
  return Object.fromEntries(contents.filter(([name]) => name !== '/run.json')) as Record<string, string>
}

/** Waits until a program has written something. */
async function until(
  child: ReturnType<typeof start>['child'],
  isThere: (out: string) => boolean,
): Promise<void> {
  let out = ''
  for await (const [chunk] of on(child)) {
    out += String(chunk)
    if (isThere(out)) return
  }
}
async function* on({ stdout }: ReturnType<typeof start>['child']) {
  for (;;) yield await once(stdout, 'data')
}
const atStep = (step: number) => (out: string) => out.includes(`"type":"step","step":${step},`)

describe('a training that was stopped and goes on', { timeout: 60_000 }, () => {
  let fox: string
  let uninterrupted: Record<string, string>
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tapeloop-cli-'))
    fox = join(folder, 'fox.txt')
    writeFileSync(fox, text)
    await tapeloop('train', fox, '--out', join(folder, 'whole'), ...flags)
    uninterrupted = filesOf(join(folder, 'whole'))
    return () => rmSync(folder, { recursive: true })
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s is saved, says how to go on, and comes to the same bits', async (signal, code) => {
    const out = join(scratch(), 'run')
    const { child, ended } = start('train', fox, '--out', out, ...flags)
    await until(child, atStep(17))
    child.kill(signal)
    const first = await ended
    expect(first).toMatchObject({ code, err: '' })
    const last = jsonLines(first.out).at(-1)!
    expect(last).toMatchObject({ type: 'interrupted', checkpoint: expect.stringMatching(/^step-\d{8}$/) })
    expect(last['step']).toBeGreaterThanOrEqual(17)
    expect(last['step']).toBeLessThan(60)

    const { out: resumed, code: end } = await tapeloop('train', '--out', out, '--resume', '--json')
    expect(end).toBe(0)
    expect(jsonLines(resumed)[0]).toMatchObject({ type: 'start', step: last['step'] })
    expect(filesOf(out)).toEqual(uninterrupted)
  })

  test('by a kill loses no checkpoint, and comes to the same bits', async () => {
    const out = join(scratch(), 'run')
    const { child, ended } = start('train', fox, '--out', out, ...flags)
    await until(child, atStep(30))
    child.kill('SIGKILL')
    expect(await ended).toMatchObject({ signal: 'SIGKILL' })
    const { out: resumed } = await tapeloop('train', '--out', out, '--resume', '--json')
    expect(jsonLines(resumed)[0]!['step']).toBeGreaterThanOrEqual(28)
    expect(filesOf(out)).toEqual(uninterrupted)
  })

  test('by a pipe that is closed is saved without a word', async () => {
    const out = join(scratch(), 'run')
    const { child, ended } = start('train', fox, '--out', out, ...flags)
    await until(child, atStep(3))
    child.stdout.destroy()
    expect(await ended).toMatchObject({ code: 0, err: '' })
    await tapeloop('train', '--out', out, '--resume')
    expect(filesOf(out)).toEqual(uninterrupted)
  })

  test.runIf(process.platform === 'linux')(
    'by a full disk behind the output is saved, and told in one sentence',
    async () => {
      const out = join(scratch(), 'run')
      const main = fileURLToPath(new URL('main.ts', import.meta.url))
      const command = [process.execPath, '--import', 'tsx', main, 'train', fox, '--out', out, ...flags]
      const ended = spawnSync('sh', ['-c', 'exec "$@" > /dev/full', 'sh', ...command], { encoding: 'utf8' })
      expect(ended).toMatchObject({
        status: 1,
        stderr: 'error: Cannot write to standard output: the disk is full; write to another place.\n',
      })
      await tapeloop('train', '--out', out, '--resume')
      expect(filesOf(out)).toEqual(uninterrupted)
    },
  )

  test('a plain training tells the command to go on with', async () => {
    const out = join(scratch(), 'run')
    const { child, ended } = start('train', fox, '--out', out, ...sizes, '--steps', '100000')
    await until(child, (shown) => shown.includes('validate on'))
    child.kill('SIGINT')
    expect((await ended).out).toMatch(/(stopped at step [\d,]+, and saved|stopped before the first step)/)
  })
})

test('a text that nobody reads on ends quietly', { timeout: 60_000 }, async () => {
  const folder = scratch({ 'fox.txt': text })
  await tapeloop('train', join(folder, 'fox.txt'), '--out', join(folder, 'run'), ...sizes, '--steps', '1')
  const { child, ended } = start('sample', join(folder, 'run'), '--length', '100000000')
  await until(child, (out) => out.length > 10)
  child.stdout.destroy()
  expect(await ended).toMatchObject({ code: 0, err: '' })
})

test(
  'of two requests to stop the second ends a program at once, unless both are one',
  { timeout: 60_000 },
  async () => {
    const module = fileURLToPath(new URL('interruption.ts', import.meta.url))
    const script = `
    import { listenForInterruption } from ${JSON.stringify(module)}
    const interruption = listenForInterruption(() => console.log('stopping'))
    setTimeout(() => {}, 30_000)
    interruption.signal.addEventListener('abort', () => console.log('code', interruption.exitCode()))
    console.log('ready', interruption.exitCode())`
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script])
    onTestFinished(() => void child.kill('SIGKILL'))
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    const seen = (part: string) => expect.poll(() => out, { timeout: 20_000 }).toContain(part)
    await seen('ready 0')
    child.kill('SIGINT')
    await seen('code 130')
    child.kill('SIGINT') // as npm sends it on
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(child.exitCode).toBe(null)
    child.kill('SIGINT')
    const [, signal] = (await once(child, 'exit')) as [unknown, unknown]
    expect(signal).toBe('SIGINT')
    expect(out).toBe('ready 0\nstopping\ncode 130\n')
  },
)
