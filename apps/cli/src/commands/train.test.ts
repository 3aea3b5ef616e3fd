import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { foxText, jsonLines, scratch, tapeloop, tiny } from '../../fixtures/shell.js'

describe('train', () => {
  test('leaves a run that writes, evaluates, and is whole', async () => {
    const folder = scratch({ 'fox.txt': foxText })
    const [fox, out] = [join(folder, 'fox.txt'), join(folder, 'runs/a')]
    const trained = await tapeloop('train', fox, '--out', out, ...tiny)
    expect(trained).toMatchObject({ code: 0, err: '' })
    expect(trained.out).toContain('bits per character on the validation text')
    expect(readdirSync(out).toSorted()).toEqual([
      'best',
      'checkpoints',
      'last',
      'metrics.jsonl',
      'run.json',
      'samples',
      'text.txt',
      'tokenizer.json',
    ])

    const sample = await tapeloop('sample', out, '--length', '30', '--prime', 'A quick', '--seed', '4')
    expect(sample.code).toBe(0)
    expect(sample.out).toMatch(/^A quick[^]{30}\n$/)
    expect((await tapeloop('sample', out, '--length', '30', '--prime', 'A quick', '--seed', '4')).out).toBe(
      sample.out,
    )
    expect(
      (await tapeloop('sample', out, '--length', '30', '--prime', 'A quick', '--seed', '5')).out,
    ).not.toBe(sample.out)

    const [evaluated] = jsonLines((await tapeloop('eval', out, fox, '--json')).out)
    const { nats } = evaluated as { nats: number }
    expect(evaluated).toEqual({
      nats,
      bitsPerCharacter: nats / Math.LN2,
      perplexity: Math.exp(nats),
      characters: foxText.length - 1,
      unknownCharacters: 0,
    })
  })

  test('is told as events', async () => {
    const folder = scratch({ 'fox.txt': foxText })
    const { out } = await tapeloop(
      'train',
      join(folder, 'fox.txt'),
      '--out',
      join(folder, 'a'),
      ...tiny,
      '--json',
    )
    const events = jsonLines(out)
    const first = 'start step step sample step validation step sample'
    const rest = 'step step validation sample checkpoint done'
    expect(events.map(({ type }) => type).join(' ')).toBe(`${first} ${rest}`)
    const done = events.at(-1)!
    expect(Object.keys(done)).toEqual([
      'type',
      'validNats',
      'validBitsPerCharacter',
      'charactersPerSecond',
      'steps',
      'parameters',
    ])
    expect(done).toMatchObject({ steps: 6, validBitsPerCharacter: (done['validNats'] as number) / Math.LN2 })
  })

  test('with the same seed learns the same, with another something else', async () => {
    const folder = scratch({ 'fox.txt': foxText })
    const losses = async (name: string, ...more: string[]) => {
      const { out } = await tapeloop(
        'train',
        join(folder, 'fox.txt'),
        '--out',
        join(folder, name),
        ...tiny,
        '--json',
        ...more,
      )
      return jsonLines(out).flatMap(({ type, loss }) => (type === 'step' ? [loss] : []))
    }
    const first = await losses('a', '--seed', '3')
    expect(first).toHaveLength(6)
    expect(await losses('b', '--seed', '3')).toEqual(first)
    expect(await losses('c', '--seed', '4')).not.toEqual(first)
  })

  test.each([
    ['an embedding and layers', ['--embedding', '3', '--layers', '2', '--cell', 'gru', '--no-reset-after']],
    [
      'the spellings of char-rnn',
      ['-rnn_size', '5', '-num_layers', '2', '-model', 'rnn', '-learning_rate', '0.01'],
    ],
    [
      'no validation',
      ['--valid-fraction', '0', '--optimizer', 'sgd', '--schedule', 'constant', '--clip', '0'],
    ],
  ])('takes %s', async (_, flags) => {
    const folder = scratch({ 'fox.txt': foxText })
    const args = [
      'train',
      join(folder, 'fox.txt'),
      '--out',
      join(folder, 'a'),
      ...tiny,
      '--steps',
      '2',
      ...flags,
    ]
    expect(await tapeloop(...args)).toMatchObject({ code: 0, err: '' })
    expect((await tapeloop('sample', join(folder, 'a'), '--length', '5')).code).toBe(0)
  })

  test('counts epochs in the place of steps', async () => {
    const folder = scratch({ 'fox.txt': foxText })
    const flags = ['--hidden', '3', '--batch-size', '8', '--seq-length', '30', '--epochs', '2', '--json']
    const { out } = await tapeloop('train', join(folder, 'fox.txt'), '--out', join(folder, 'a'), ...flags)
    expect(jsonLines(out).at(-1)).toMatchObject({ type: 'done', steps: 4 })
  })

  test('drops a byte order mark, makes CRLF LF, replaces what is no UTF-8, and says so', async () => {
    const bytes = Buffer.concat([
      Buffer.from('\uFEFF'),
      Buffer.from(foxText.replaceAll('\n', '\r\n')),
      Buffer.from([0xff]),
    ])
    const folder = scratch({ 'fox.txt': foxText, 'odd.txt': bytes })
    const { out } = await tapeloop('train', join(folder, 'odd.txt'), '--out', join(folder, 'a'), ...tiny)
    expect(out).toContain('odd.txt: its byte order mark was left out\n')
    expect(out).toContain('odd.txt: 12 line ends (CRLF or CR) became LF\n')
    expect(out).toContain('odd.txt: 1 invalid UTF-8 sequence became U+FFFD\n')
    expect(readFileSync(join(folder, 'a/text.txt'), 'utf8')).toBe(`${foxText}\uFFFD`)
  })
})

describe('train --resume', () => {
  let out: string
  let files: Readonly<Record<string, string>>
  const filesOf = (run: string) =>
    Object.fromEntries(
      ['checkpoints/step-00000006/model.safetensors', 'metrics.jsonl', 'run.json'].map((name) => [
        name,
        readFileSync(join(run, name), 'hex'),
      ]),
    )

  test('goes on with text and settings of the folder, though the text is gone', async () => {
    const folder = scratch({ 'fox.txt': foxText })
    out = join(folder, 'a')
    await tapeloop('train', join(folder, 'fox.txt'), '--out', out, ...tiny, '--checkpoint-every', '4')
    files = filesOf(out)
    // as a kill would have left it after step 4
    rmSync(join(out, 'checkpoints/step-00000006'), { recursive: true })
    rmSync(join(folder, 'fox.txt'))
    const { code, out: shown } = await tapeloop('train', '--out', out, '--resume')
    expect(code).toBe(0)
    expect(shown).toContain('going on from step 4')
    expect(filesOf(out)).toEqual(files)

    // what is named again must be what it is
    expect(
      await tapeloop(
        'train',
        '--out',
        out,
        '--resume',
        '--hidden',
        '6',
        '--steps',
        '6',
        '--forget-bias',
        '1',
      ),
    ).toMatchObject({ code: 0 })
    const other = await tapeloop(
      'train',
      '--out',
      out,
      '--resume',
      '--hidden',
      '7',
      '--lr',
      '1',
      '--cell',
      'lstm',
      '--no-bias',
    )
    expect(other).toMatchObject({ code: 2, out: '' })
    expect(other.err).toMatch(
      /^error: .*--hidden 7 \(it is 6\), --lr 1 \(it is 0\.01\) and --bias false \(it is true\).*\n$/,
    )
    writeFileSync(join(folder, 'other.txt'), `${foxText}!`)
    const text2 = await tapeloop('train', join(folder, 'other.txt'), '--out', out, '--resume')
    expect(text2.err).toMatch(/^error: ".*other\.txt" is not the text that .* was started with.*\n$/)
    expect(filesOf(out)).toEqual(files)
  })
})

test('a run from before there were tasks is still read, and goes on', async () => {
  const folder = scratch({ 'fox.txt': foxText })
  const out = join(folder, 'a')
  await tapeloop('train', join(folder, 'fox.txt'), '--out', out, ...tiny, '--checkpoint-every', '3')
  const written = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as {
    config: Record<string, unknown>
  }
  const names =
    'cell hidden layers seqLength batchSize optimizer lr schedule clip seed wide embedding validFraction checkpointEvery steps validEvery sampleEvery options'
  const config = Object.fromEntries(names.split(' ').map((name) => [name, written.config[name]]))
  writeFileSync(join(out, 'run.json'), JSON.stringify({ ...written, config: { ...config, text: 'fox.txt' } }))
  rmSync(join(out, 'checkpoints/step-00000006'), { recursive: true })
  const resumed = await tapeloop('train', '--out', out, '--resume', '--json')
  expect(resumed.err).toBe('')
  const [start] = jsonLines(resumed.out)
  expect(start).toMatchObject({ type: 'start', step: 3, task: 'language-model', data: { name: 'fox.txt' } })
  expect(jsonLines(resumed.out).at(-1)).toMatchObject({ type: 'done', steps: 6 })
  expect((await tapeloop('sample', out, '--length', '5')).code).toBe(0)
})
