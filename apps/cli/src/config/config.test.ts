import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { foxText, jsonLines, scratch, tapeloop } from '../../fixtures/shell.js'

const sizes = { hidden: 6, batchSize: 2, seqLength: 8, steps: 2 }

/** A folder with a text and a configuration for it. */
function configured(more: object, name = 'tapeloop.config.json') {
  const folder = scratch({ 'fox.txt': foxText })
  const config = { data: join(folder, 'fox.txt'), out: join(folder, 'run'), ...sizes, ...more }
  const file = join(folder, name)
  const text = JSON.stringify(config)
  writeFileSync(file, name.endsWith('.json') ? text : `export default ${text}\n`)
  return { folder, file }
}

function setEnvironment(name: string, value: string): void {
  process.env[name] = value
  onTestFinished(() => void delete process.env[name])
}

describe('train --config', () => {
  test.each(['tapeloop.config.json', 'tapeloop.config.ts', 'tapeloop.config.mjs'])(
    'reads %s',
    async (name) => {
      const { folder, file } = configured({ cell: 'gru', options: { resetAfter: false } }, name)
      const { out, err } = await tapeloop('train', '--config', file, '--json')
      expect(err).toBe('')
      const [start] = jsonLines(out)
      expect(start).toMatchObject({
        out: join(folder, 'run'),
        settings: { cell: 'gru', hidden: 6, options: { resetAfter: false } },
      })
    },
  )

  test('is overridden by the environment, and both by flags', async () => {
    const { file } = configured({ lr: 0.1, layers: 2, clip: 3 })
    setEnvironment('TAPELOOP_LR', '0.2')
    setEnvironment('TAPELOOP_LAYERS', '3')
    setEnvironment('TAPELOOP_FORGET_BIAS', '2')
    const { out } = await tapeloop('train', '--config', file, '--layers', '1', '--dry-run')
    expect(out).toMatch(/^lr +0\.2 +environment$/m)
    expect(out).toMatch(/^layers +1 +flag$/m)
    expect(out).toMatch(/^clip +3 +configuration$/m)
    expect(out).toMatch(/^forgetBias +2 +environment$/m)
    expect(out).toMatch(/^optimizer +adam$/m)
  })

  test.each([
    [{ hidden: -3 }, '".*json": hidden is -3; it must be a whole number from 1.'],
    [{ hidden: 'many' }, '".*json": hidden is "many"; it must be a whole number from 1.'],
    [{ layers: 1000 }, 'layers is 1000; it must be a whole number from 1 up to 100.'],
    [{ schedule: 'cosin' }, /schedule is "cosin"; it must be cosine, .* \(did you mean cosine\?\)\./],
    [{ wide: 'yes' }, 'wide is "yes"; it must be true or false.'],
    [{ hiden: 3 }, 'there is no setting hiden; did you mean hidden?'],
    [{ task: 'sing' }, 'task is "sing"; it must be language-model, classify or forecast.'],
    [{ data: 3 }, 'data is 3; it must be a file, or a list of files.'],
    [{ options: { forgetBias: 'x' } }, /option forgetBias is "x"; it must be a number/],
    [{ options: 7 }, 'options are 7; they must be a record'],
  ])('refuses %o', async (more, message) => {
    const { file, folder } = configured(more)
    const { code, err } = await tapeloop('train', '--config', file)
    expect(code).toBe(2)
    expect(err).toMatch(
      typeof message === 'string'
        ? new RegExp(message.replaceAll('.*json', '\\S*json').replaceAll('?', '\\?'))
        : message,
    )
    expect(err).toMatch(/^error: [^\n]+\n$/)
    expect(existsSync(join(folder, 'run'))).toBe(false)
  })

  test('refuses what is no configuration', async () => {
    const folder = scratch({
      'a.json': '{',
      'b.yaml': 'a: 1',
      'c.json': '[]',
      'd.mjs': 'export const a = 1',
      'e.mjs': 'throw new Error("no")',
    })
    const error = async (name: string) => (await tapeloop('train', '--config', join(folder, name))).err
    expect(await error('a.json')).toMatch(/is not valid JSON/)
    expect(await error('b.yaml')).toMatch(/a configuration is \.json, \.js or \.ts/)
    expect(await error('c.json')).toMatch(/it is \[\]; it must be a record of settings/)
    expect(await error('d.mjs')).toMatch(/has no default export/)
    expect(await error('e.mjs')).toMatch(/cannot be loaded: no\./)
    expect(await error('f.json')).toMatch(/which is not there; make one by tapeloop init/)
    setEnvironment('TAPELOOP_HIDDEN', 'big')
    expect((await tapeloop('train', '--out', 'o')).err).toBe(
      'error: TAPELOOP_HIDDEN is "big"; it must be a whole number from 1.\n',
    )
  })
})

test('a dry run writes nothing, and tells what it would take', async () => {
  const { folder, file } = configured({})
  const people = await tapeloop('train', '--config', file, '--dry-run')
  expect(people.out).toMatch(/^1,129 parameters, about [\d,]+ MB of memory$/m)
  expect(people.out).toMatch(/^about 0:0\d for 2 steps, at [\d.,]+ ms each/m)
  const [plan] = jsonLines((await tapeloop('train', '--config', file, '--dry-run', '--json')).out)
  expect(plan).toMatchObject({
    type: 'plan',
    parameters: 1129,
    settings: sizes,
    seconds: expect.any(Number),
    megabytes: expect.any(Number),
  })
  expect(existsSync(join(folder, 'run'))).toBe(false)
})

describe('init', () => {
  test.each(['language-model', 'classify', 'forecast'])('writes what train takes for %s', async (task) => {
    const folder = scratch({
      'names.csv': `name,language\n${'ab,x\ncd,y\n'.repeat(60)}`,
      'book.txt': foxText.repeat(20),
    })
    const rows = Array.from(
      { length: 90 },
      (_, i) => `${2000 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')},${i}`,
    )
    writeFileSync(join(folder, 'sales.csv'), `month,sales\n${rows.join('\n')}\n`)
    const here = process.cwd()
    process.chdir(folder)
    onTestFinished(() => process.chdir(here))
    expect((await tapeloop('init', '--task', task)).out).toContain(
      'train --config tapeloop.config.json --dry-run',
    )
    const { code, out, err } = await tapeloop('train', '--config', 'tapeloop.config.json', '--dry-run')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('nothing was written')
    expect((await tapeloop('init')).err).toMatch(/is there already/)
  })

  test('writes a module, too', async () => {
    const folder = scratch()
    await tapeloop('init', folder, '--format', 'ts')
    expect(readFileSync(join(folder, 'tapeloop.config.ts'), 'utf8')).toMatch(
      /^export default \{\n {2}task: 'language-model'|^export default \{\n {2}task: "language-model"/,
    )
    expect((await tapeloop('init', folder, '--task', 'sing')).err).toMatch(/--task is "sing"/)
    expect((await tapeloop('init', join(folder, 'none'))).err).toMatch(/is not there/)
  })
})
