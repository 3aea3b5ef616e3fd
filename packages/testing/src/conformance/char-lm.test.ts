import { describe, expect, test } from 'vitest'
import { runCharLm, type CharLmFile } from './char-lm.js'
import type { CaseResult } from './run.js'

const text = 'the cat sat on the mat, and the dog sat on the log. '.repeat(4)
const vocab = [...new Set(text)].toSorted().join('')

/** A file that asks for a run whose numbers nobody knows. */
const fileOf = (config: object, losses: readonly number[]): CharLmFile => ({
  task: 'char-lm',
  corpus: 'cats.txt',
  vocab,
  config: {
    cell: 'gru',
    input: 'emb3',
    layers: 1,
    H: 4,
    T: 5,
    B: 2,
    optimizer: 'Adam',
    lr: 0.01,
    clip_norm: 1,
    dtype: 'f64',
    ...config,
  },
  runs: [{ seed: 1, train_loss_per_step: losses }],
})

async function resultOf(file: CharLmFile, given: string | null = text): Promise<CaseResult> {
  for await (const result of runCharLm('cats.json', file, given)) return result
  throw new Error('no run')
}

describe.each(['rnn', 'lstm', 'gru'])('%s', (cell) => {
  test.each(['onehot', 'emb3'])('with input %s starts near a uniform guess', async (input) => {
    const loss = measured(await resultOf(fileOf({ cell, input }, [0, 0])))
    expect(Math.abs(loss - Math.log(vocab.length))).toBeLessThan(0.6)
  })
})

const measured = ({ reason }: CaseResult) => Number(/: ([\d.]+) instead of/.exec(reason)![1])

test('a right curve passes, and one that is off by 1e-8 does not', async () => {
  const first = measured(await resultOf(fileOf({}, [0])))
  expect(await resultOf(fileOf({}, [first]))).toMatchObject({ passed: true, reason: '' })
  expect((await resultOf(fileOf({}, [first * (1 + 1e-8)]))).reason).toMatch(/^loss differs by/)
})

test('a float32 file is followed loosely, to the bits per character of the rest of the text', async () => {
  const first = measured(await resultOf(fileOf({}, [0])))
  const ended = (loss: number, bits: object) => {
    const file = fileOf({ dtype: 'f32' }, [loss])
    return resultOf({ ...file, runs: [{ ...file.runs[0]!, ...bits }] })
  }
  expect((await ended(first * 1.006, {})).reason).toMatch(/^loss as a share of the expected one differs by/)
  const stream = measured(await ended(first * 1.004, { val_bpc_stream: 0 }))
  const windows = measured(await ended(first, { val_bpc_windows: 0 }))
  const near = { val_bpc_stream: stream + 0.04, val_bpc_windows: windows - 0.04 }
  expect(await ended(first, near)).toMatchObject({ passed: true })
  expect((await ended(first, { ...near, val_bpc_windows: windows + 0.06 })).reason).toContain('of windows')
})

test.each([
  [{ layers: 2 }, 'a char-LM file with several layers is not supported yet'],
  [{ input: 'bytes' }, 'the input bytes of a char-LM file is not supported yet'],
  [{ optimizer: 'SGD' }, 'the optimizer SGD of a char-LM file is not supported yet'],
  [{ cell: 'lmu' }, 'the cell lmu is not supported yet'],
])('refuses %o', async (config, reason) => {
  expect((await resultOf(fileOf(config, [1]))).reason).toBe(reason)
})

test('says what to do without the text, or with another one', async () => {
  expect((await resultOf(fileOf({}, [1]), null)).reason).toBe(
    'the text cats.txt was not found; say where by --corpora <folder>',
  )
  expect((await resultOf(fileOf({}, [1]), 'dogs')).reason).toContain('the text has other characters')
})
