import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { cells as registry } from '@tapeloop/layers'
import { jsonLines, scratch, tapeloop } from '../fixtures/shell.js'

/** Commands in this process, on models so small that a training takes a second. */
const text = 'A quick brown fox jumps over the lazy dog, and the dog sleeps on.\n'.repeat(12)
const tiny = ['--hidden', '6', '--batch-size', '2', '--seq-length', '8', '--steps', '6', '--valid-every', '3']

function folderWith(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = scratch()
  for (const [name, content] of Object.entries({ 'fox.txt': text, ...files }))
    writeFileSync(join(folder, name), content)
  return folder
}

describe('train', () => {
  test('leaves a run that writes, evaluates, and is whole', async () => {
    const folder = folderWith()
    const [fox, out] = [join(folder, 'fox.txt'), join(folder, 'runs/a')]
    const trained = await tapeloop('train', fox, '--out', out, ...tiny)
    expect(trained).toMatchObject({ code: 0, err: '' })
    expect(trained.out).toContain('bits per character on the validation text')
    expect(readdirSync(out).toSorted()).toEqual([
      'checkpoints',
      'last',
      'metrics.jsonl',
      'run.json',
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
      characters: text.length - 1,
      unknownCharacters: 0,
    })
  })

  test('is told as events', async () => {
    const folder = folderWith()
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
    const folder = folderWith()
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
    const folder = folderWith()
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
    const folder = folderWith()
    const flags = ['--hidden', '3', '--batch-size', '8', '--seq-length', '30', '--epochs', '2', '--json']
    const { out } = await tapeloop('train', join(folder, 'fox.txt'), '--out', join(folder, 'a'), ...flags)
    expect(jsonLines(out).at(-1)).toMatchObject({ type: 'done', steps: 4 })
  })

  test('drops a byte order mark, makes CRLF LF, replaces what is no UTF-8, and says so', async () => {
    const bytes = Buffer.concat([
      Buffer.from('\uFEFF'),
      Buffer.from(text.replaceAll('\n', '\r\n')),
      Buffer.from([0xff]),
    ])
    const folder = folderWith({ 'odd.txt': bytes })
    const { out } = await tapeloop('train', join(folder, 'odd.txt'), '--out', join(folder, 'a'), ...tiny)
    expect(out).toContain('odd.txt: its byte order mark was left out\n')
    expect(out).toContain('odd.txt: 12 line ends (CRLF or CR) became LF\n')
    expect(out).toContain('odd.txt: 1 invalid UTF-8 sequence became U+FFFD\n')
    expect(readFileSync(join(folder, 'a/text.txt'), 'utf8')).toBe(`${text}\uFFFD`)
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
    const folder = folderWith()
    out = join(folder, 'a')
    await tapeloop('train', join(folder, 'fox.txt'), '--out', out, ...tiny, '--checkpoint-every', '4')
    files = filesOf(out)
    // as a kill would have left it after step 4
    const { rmSync } = await import('node:fs')
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
    writeFileSync(join(folder, 'other.txt'), `${text}!`)
    const text2 = await tapeloop('train', join(folder, 'other.txt'), '--out', out, '--resume')
    expect(text2.err).toMatch(/^error: ".*other\.txt" is not the text that .* was started with.*\n$/)
    expect(filesOf(out)).toEqual(files)
  })
})

describe('eval', () => {
  test('leaves out characters that the model does not know, and says how many', async () => {
    const folder = folderWith({ 'strange.txt': `${text}§¶ and more` })
    const out = join(folder, 'a')
    await tapeloop('train', join(folder, 'fox.txt'), '--out', out, ...tiny, '--steps', '1')
    const [result] = jsonLines((await tapeloop('eval', out, join(folder, 'strange.txt'), '--json')).out)
    expect(result).toMatchObject({ unknownCharacters: 2, characters: text.length + 8 })
    const { out: shown } = await tapeloop('eval', out, join(folder, 'strange.txt'), '--lanes', '3')
    expect(shown).toContain('2 characters (0.2 %) the model does not know were left out, and count nowhere')
    writeFileSync(join(folder, 'none.txt'), '§§§§')
    const none = await tapeloop('eval', out, join(folder, 'none.txt'))
    expect(none).toMatchObject({ code: 1, out: '' })
    expect(none.err).toMatch(
      /^error: ".*none\.txt" has 0 characters that the model knows \(and 4 others\).*\n$/,
    )
  })
})

describe('compare', () => {
  const flags = [
    '--hidden',
    '8',
    '--steps',
    '4',
    '--seeds',
    '2',
    '--batch-size',
    '4',
    '--seq-length',
    '6',
    '--json',
  ]

  test('gives all cells equally many parameters, and tells each training and all together', async () => {
    const folder = folderWith()
    const { code, out } = await tapeloop(
      'compare',
      join(folder, 'fox.txt'),
      '--cells',
      'lstm,rnn,gru',
      ...flags,
    )
    expect(code).toBe(0)
    const events = jsonLines(out)
    expect(events.map(({ type, cell, seed }) => [type, cell, seed])).toEqual([
      ['run', 'lstm', 1],
      ['run', 'rnn', 1],
      ['run', 'gru', 1],
      ['run', 'lstm', 2],
      ['run', 'rnn', 2],
      ['run', 'gru', 2],
      ['summary', undefined, undefined],
    ])
    const { cells, better, undecided, parameters } = events.at(-1) as {
      cells: { cell: string; hidden: number; parameters: number; scores: number[]; mean: number }[]
      better: string[][]
      undecided: string[][]
      parameters: number
    }
    expect(cells[0]).toMatchObject({ cell: 'lstm', hidden: 8, parameters })
    for (const cell of cells) {
      expect(Math.abs(cell.parameters - parameters) / parameters).toBeLessThan(0.05)
      expect(cell.scores).toHaveLength(2)
      expect(cell.mean).toBeCloseTo((cell.scores[0]! + cell.scores[1]!) / 2, 12)
    }
    expect(better.length + undecided.length).toBe(3)
  })

  test('adding tells the first step below each goal', async () => {
    const { out } = await tapeloop(
      'compare',
      'adding',
      '--cells',
      'rnn',
      ...flags,
      '--seeds',
      '1',
      '--parameters',
      '50',
    )
    const [run, summary] = jsonLines(out)
    expect(run).toMatchObject({ experiment: 'adding', cell: 'rnn', stepsTo: { '0.05': null, '0.01': null } })
    expect(run!['meanSquaredError']).toBeGreaterThan(0)
    expect(summary).toMatchObject({ parameters: 50, measure: 'meanSquaredError' })
  })

  test('words are a data set of their own', async () => {
    const { code, out } = await tapeloop(
      'compare',
      'words',
      '--cells',
      'rnn',
      ...flags,
      '--steps',
      '1',
      '--seeds',
      '1',
      '--batch-size',
      '64',
    )
    expect(code).toBe(0)
    expect(jsonLines(out)[0]).toMatchObject({ experiment: 'words', cell: 'rnn', seed: 1 })
  })

  test('a table for people says what the seeds do not show', async () => {
    const folder = folderWith()
    const args = [
      'compare',
      join(folder, 'fox.txt'),
      '--cells',
      'gru,rnn',
      ...flags.filter((flag) => flag !== '--json'),
      '--seeds',
      '3',
    ]
    const { out } = await tapeloop(...args)
    expect(out).toMatch(/^cell +hidden +parameters +bits per character +of each seed$/m)
    expect(out).toMatch(/^gru +8 +[\d,]+ +[\d.]+ ± [\d.]+ +[\d.]+ [\d.]+ [\d.]+$/m)
    expect(out).toMatch(/(is better than|are within the spread)/)
    expect((await tapeloop(...args, '--seeds', '1')).out).toContain(
      '1 seed can differ by chance alone: take --seeds 3',
    )
  })
})

describe('cells', () => {
  test('lists the registry', async () => {
    const [list] = jsonLines((await tapeloop('cells', '--json', '--input-size', '3', '--hidden', '5')).out)
    const cells = list as unknown as { name: string; parameters: number; title: string }[]
    expect(cells.map(({ name }) => name)).toEqual(Object.keys(registry))
    expect(cells.find(({ name }) => name === 'lstm')).toMatchObject({
      title: 'Long short-term memory',
      parameters: 4 * 5 * (3 + 5 + 1),
    })
    const { out } = await tapeloop('cells')
    expect(out).toMatch(/^gru +98,688 +Gated recurrent unit$/m)
    expect(out).toContain('--forget-bias 1')
  })
})

describe('bad input ends in one sentence', () => {
  let folder: string
  let run: string
  beforeAll(async () => {
    const { mkdtempSync } = await import('node:fs')
    const { tmpdir } = await import('node:os')
    folder = mkdtempSync(join(tmpdir(), 'tapeloop-cli-'))
    run = join(folder, 'run')
    writeFileSync(join(folder, 'fox.txt'), text)
    writeFileSync(join(folder, 'empty.txt'), '')
    writeFileSync(join(folder, 'short.txt'), 'hi\n')
    writeFileSync(join(folder, 'utf16.txt'), Buffer.from('\uFEFFtext', 'utf16le'))
    mkdirSync(join(folder, 'full'))
    writeFileSync(join(folder, 'full/x'), 'x')
    await tapeloop('train', join(folder, 'fox.txt'), '--out', run, ...tiny, '--steps', '1')
    return () => import('node:fs').then(({ rmSync }) => rmSync(folder, { recursive: true }))
  })

  test.each([
    [1, 'train missing.txt --out o', /Cannot read ".*missing.txt": there is no such file/],
    [1, 'train empty.txt --out o', /"empty.txt" is empty/],
    [1, 'train full --out o', /it is a folder; name a text file in it/],
    [
      1,
      'train short.txt --out o',
      /short.txt has 3 characters.*--batch-size 32 and --seq-length 64 needs 2,049/,
    ],
    [1, 'train utf16.txt --out o', /is UTF-16/],
    [
      1,
      'train fox.txt --out o --batch-size 9 --seq-length 99',
      /needs 892; use a longer text, or smaller numbers/,
    ],
    [1, 'train fox.txt --out short.txt/o --batch-size 2', /a part of the path is a file/],
    [2, 'train fox.txt', /required option '-o, --out <folder>' not specified/],
    [2, 'train fox.txt --out=', /--out is empty/],
    [2, 'train fox.txt --out full', /"full" is not empty; choose another --out/],
    [2, 'train fox.txt --out short.txt', /"short.txt" is a file/],
    [2, 'train fox.txt --out run', /"run" holds a run already; go on with it by --resume/],
    [2, 'train fox.txt --out o --cell ltsm', /--cell is "ltsm"; .*\(did you mean lstm\?\)/],
    [2, 'train fox.txt --out o --hidden -3', /--hidden is -3; it must be a whole number from 1/],
    [2, 'train fox.txt --out o --lr fast', /--lr is "fast"; it must be a number from/],
    [
      2,
      'train fox.txt --out o --valid-fraction 1',
      /--valid-fraction is 1; it must be a number from 0 up to 0.9/,
    ],
    [2, 'train fox.txt --out o --steps 3 --epochs 4', /--steps and --epochs are both given/],
    [2, 'train fox.txt --out o --hiden 3', /unknown option '--hiden' \(Did you mean --hidden\?\)/],
    [2, 'train fox.txt --out o --cell gru --forget-bias 2', /--forget-bias is no option of gru/],
    [2, 'train fox.txt more.txt --out o', /too many arguments for 'train'; expected 1 argument but got 2/],
    [2, 'train fox.txt --out o --hidden 99999999 --batch-size 2', /does not fit into memory/],
    [1, 'train --out o --resume', /There is no run in "o", for there is no such folder/],
    [1, 'train --out full --resume', /there is no run here/],
    [2, 'trian fox.txt', /unknown command 'trian' \(Did you mean train\?\)/],
    [1, 'sample missing', /There is no run in "missing"/],
    [1, 'sample short.txt', /There is no run in "short.txt", for it is a file/],
    [2, 'sample run --temperature -1', /--temperature is -1/],
    [2, 'sample run --prime €', /--prime has "€", which the model has never seen/],
    [2, 'sample run --length 1e99', /--length is 1e\+99/],
    [1, 'eval run missing.txt', /there is no such file/],
    [1, 'eval run empty.txt', /is empty/],
    [2, 'compare fox.txt --cells rnn,grus', /--cells names "grus"; .*\(did you mean gru\?\)/],
    [2, 'compare adding --cells rnn,rnn', /--cells names rnn twice/],
    [2, 'compare adding --cells rnn --parameters 1e12', /does not fit into memory/],
    [2, 'compare adding --cells rnn --reset-after', /--reset-after is no option of rnn/],
    [1, 'compare missing.txt', /there is no such file/],
    [1, 'compare adding --seq-length 1', /seqLength must be a whole number of at least 2/],
    [2, 'cells --hidden none', /--hidden is "none"/],
  ])('%d: %s', async (code, line, message) => {
    const here = process.cwd()
    process.chdir(folder)
    try {
      const ended = await tapeloop(...line.split(' '))
      expect(ended).toMatchObject({ code, out: expect.not.stringContaining('step') })
      expect(ended.err).toMatch(message)
      expect(ended.err).toMatch(/^error: [^\n]+\n$/)
      expect(existsSync('o')).toBe(false)
    } finally {
      process.chdir(here)
    }
  })

  test('a broken checkpoint, and a broken run.json', async () => {
    const copy = join(scratch(), 'run')
    const { cpSync } = await import('node:fs')
    cpSync(run, copy, { recursive: true })
    truncateSync(join(copy, 'checkpoints/step-00000001/model.safetensors'), 100)
    for (const args of [
      ['sample', copy],
      ['train', '--out', copy, '--resume'],
    ]) {
      const { code, err } = await tapeloop(...args)
      expect(code).toBe(1)
      expect(err).toMatch(/^error: .*none of its 1 checkpoints can be read.*\n$/)
    }
    const record = JSON.parse(readFileSync(join(copy, 'run.json'), 'utf8')) as { config: { hidden: unknown } }
    record.config.hidden = 'many'
    writeFileSync(join(copy, 'run.json'), JSON.stringify(record))
    const { code, err } = await tapeloop('sample', copy)
    expect(code).toBe(1)
    expect(err).toMatch(/^error: ".*run\.json" cannot be used: hidden is "many"; .*\n$/)
  })
})

test('without a command, and with --help, the commands are listed', async () => {
  for (const args of [[], ['--help']]) {
    const { code, out, err } = await tapeloop(...args)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    for (const command of ['train', 'sample', 'eval', 'compare', 'cells'])
      expect(out).toContain(`  ${command} [`)
  }
  expect((await tapeloop('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/)
})
