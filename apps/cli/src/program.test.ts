import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { foxText, jsonLines, recorded, scratch, tapeloop, tiny } from '../fixtures/shell.js'
import { runProgram } from './program.js'

test('without a command, and with --help, the commands are listed', async () => {
  for (const args of [[], ['--help']]) {
    const { code, out, err } = await tapeloop(...args)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    for (const command of ['train', 'sample', 'eval', 'compare', 'cells'])
      expect(out).toContain(`  ${command} [`)
  }
  expect((await tapeloop('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/)
})

describe('bad input ends in one sentence', () => {
  let folder: string
  let run: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tapeloop-cli-'))
    run = join(folder, 'run')
    writeFileSync(join(folder, 'fox.txt'), foxText)
    writeFileSync(join(folder, 'empty.txt'), '')
    writeFileSync(join(folder, 'short.txt'), 'hi\n')
    writeFileSync(join(folder, 'utf16.txt'), Buffer.from('\uFEFFtext', 'utf16le'))
    mkdirSync(join(folder, 'full'))
    writeFileSync(join(folder, 'full/x'), 'x')
    await tapeloop('train', join(folder, 'fox.txt'), '--out', run, ...tiny, '--steps', '1')
    return () => rmSync(folder, { recursive: true })
  })

  test.each([
    [1, 'train missing.txt --out o', /Cannot read ".*missing.txt": there is no such file/],
    [1, 'train empty.txt --out o', /"empty.txt" is empty/],
    [1, 'train full --out o', /"full" is a folder without a text file \(\*\.txt\)/],
    [1, 'train *.md --out o', /No file is like "\*\.md"; check the pattern/],
    [1, 'train fox.txt more.txt --out o', /Cannot read "more.txt": there is no such file/],
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
    [1, 'train fox.txt --out /dev/null/o --batch-size 2', /a part of the path is a file/],
    [2, 'train fox.txt', /--out is not given; name the folder for the run/],
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
    [2, 'train fox.txt --out o --layers 1e8', /--layers is 100000000; .* from 1 up to 100/],
    [2, 'compare adding --seeds 1e11', /--seeds is 100000000000; .* from 1 up to 1000/],
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

  test.runIf(process.platform === 'linux')('a folder that takes no files', async () => {
    for (const out of ['/proc/tapeloop', '/proc/tapeloop/runs/a']) {
      const { code, err } = await tapeloop('train', join(folder, 'fox.txt'), '--out', out, ...tiny)
      expect(code).toBe(1)
      expect(err).toBe(`error: Cannot write "${out}/text.txt": permission is denied.\n`)
    }
  })

  test.runIf(process.platform === 'linux')('a disk that is full, and what was saved stays', async () => {
    const out = join(scratch(), 'run')
    const metrics = join(out, 'metrics.jsonl')
    const output = recorded()
    const args = [
      'train',
      join(folder, 'fox.txt'),
      '--out',
      out,
      ...tiny,
      '--checkpoint-every',
      '2',
      '--json',
    ]
    const code = await runProgram(args, {
      ...output,
      write(text) {
        output.write(text)
        if (!text.includes('"checkpoint","step":2')) return
        renameSync(metrics, `${metrics}.whole`)
        symlinkSync('/dev/full', metrics)
      },
    })
    expect(code).toBe(1)
    expect(output.err()).toMatch(
      /^error: Cannot write ".*metrics\.jsonl": the disk is full; free some space and try again, .*\n$/,
    )
    expect((await tapeloop('sample', out, '--length', '5')).code).toBe(0)
    renameSync(`${metrics}.whole`, metrics)
    const resumed = await tapeloop('train', '--out', out, '--resume', '--json')
    expect(jsonLines(resumed.out)[0]).toMatchObject({ type: 'start', step: 2 })
    expect(jsonLines(resumed.out).at(-1)).toMatchObject({ type: 'done', steps: 6 })
  })

  test('a broken checkpoint, and a broken run.json', async () => {
    const copy = join(scratch(), 'run')
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
