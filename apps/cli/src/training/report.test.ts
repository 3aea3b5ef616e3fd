import { memorySource } from '@tapeloop/data'
import { expect, test, vi } from 'vitest'
import { jsonLines, recorded } from '../../fixtures/shell.js'
import { defaultsOf } from '../flags/specs.js'
import { settings } from './settings.js'
import { taskNamed } from '../tasks/index.js'
import type { LearnerEvent } from '../tasks/task.js'
import { trainEvent } from './events.js'
import type { Plan } from './report.js'
import { jsonReporter } from './report-json.js'
import { indented, lineReporter } from './report-lines.js'
import { liveReporter } from './report-live.js'

const text = 'A quick brown fox jumps over the lazy dog, and the dog sleeps on.\n'.repeat(12)
const source = {
  name: 'fox.txt',
  files: [
    {
      path: 'fox.txt',
      name: 'fox.txt',
      text: () => Promise.resolve({ text, changes: [{ step: 'line-ends', changed: 3, unit: 'line ends' }] }),
      bytes: () => Promise.resolve(memorySource(text)),
    },
  ],
}
const chosen = { ...defaultsOf(settings), batchSize: 2, seqLength: 8, hidden: 8, options: {} }
const task = taskNamed('language-model')
const { learner } = await task.begin(source, { ...defaultsOf(task.settings), ...chosen, lines: false })
const plan: Plan = {
  out: 'runs/a b',
  config: {
    ...chosen,
    task: 'language-model',
    steps: 4,
    validEvery: 2,
    sampleEvery: 3,
    source: 'fox.txt',
    found: {},
  },
  learner: { ...learner, batchesPerEpoch: 50 },
  title: 'Long short-term memory',
  backend: 'reference',
  guess: null,
}
const nats = 2 * Math.LN2
const step = (number: number) =>
  ({ type: 'step', step: number, epoch: 0, loss: nats, gradNorm: 1, metrics: {}, seconds: 0.5 }) as const
const validation = { loss: nats, weight: 89, metrics: {} }
const beginning: readonly LearnerEvent[] = [
  { type: 'start', step: 0, totalSteps: 4, parameters: 1234, checkpoint: null },
  step(1),
  step(2),
  { type: 'validation', step: 2, epoch: 0, ...validation, params: {}, seconds: 1 },
  step(3),
  { type: 'sample', step: 3, sample: 'the fox\u0007' },
]
const done: LearnerEvent = {
  type: 'done',
  step: 4,
  epoch: 0,
  loss: nats,
  validation,
  test: null,
  checkpoint: 'step-00000004',
  params: {},
  seconds: 3,
}
const interrupted: LearnerEvent = {
  type: 'interrupted',
  step: 3,
  checkpoint: 'step-00000003',
  params: {},
}

test('as JSON, the last event has exactly the promised fields', () => {
  const output = recorded()
  const reporter = jsonReporter(output)
  reporter.begin(plan)
  for (const event of [...beginning, step(4), done]) reporter.event(event)
  const events = jsonLines(output.out())
  expect(events.map(({ type }) => type)).toEqual([
    'start',
    'step',
    'step',
    'validation',
    'step',
    'sample',
    'step',
    'done',
  ])
  expect(events.at(-1)).toEqual({
    type: 'done',
    validNats: nats,
    validBitsPerCharacter: 2,
    charactersPerSecond: 32,
    steps: 4,
    parameters: 1559,
  })
  expect(events[0]).toMatchObject({
    schema: 1,
    task: 'language-model',
    steps: 4,
    parameters: 1559,
    data: { name: 'fox.txt', vocabulary: 31 },
  })
  for (const event of events) expect(trainEvent.parse(event)).toEqual(event)
  expect(events[3]).toEqual({ type: 'validation', step: 2, epoch: 0, nats, bitsPerCharacter: 2 })
})

test('as JSON, what was not measured is null', () => {
  const output = recorded()
  const reporter = jsonReporter(output)
  reporter.begin(plan)
  reporter.event({ ...done, validation: null })
  expect(jsonLines(output.out())[0]).toMatchObject({ validNats: null, validBitsPerCharacter: null })
})

test('as lines, everything stays and nothing is emphasised', () => {
  const output = recorded()
  const reporter = lineReporter(output)
  reporter.begin(plan)
  for (const event of [...beginning, step(4), done]) reporter.event(event)
  expect(output.out().split('\n')).toEqual([
    'lstm 1 × 8: 1,559 parameters (Long short-term memory)',
    'fox.txt: 792 characters, 31 different; 712 to train on, 80 to validate on',
    'fox.txt: 3 line ends (CRLF or CR) became LF',
    '4 steps of 2 × 8 characters (0.08 epochs), adam, learning rate 0.01, cosine; on reference',
    'step 1/4  epoch 1  loss 2.000 bits  32 characters/s',
    'step 2/4  epoch 1  loss 2.000 bits  32 characters/s',
    'step 2  validation 2.000 bits per character',
    'step 3/4  epoch 1  loss 2.000 bits  32 characters/s',
    'step 3  sample:',
    '  | the fox\uFFFD',
    'step 4/4  epoch 1  loss 2.000 bits  32 characters/s',
    '2.000 bits per character on the validation text (1.386 nats) after 4 steps in 3.0 s, 32 characters/s',
    'saved in runs/a b; to let it write:',
    expect.stringMatching(/^ {2}.*tapeloop .*sample 'runs\/a b'$/),
    '',
  ])
})

test('a training that was stopped says how to go on', () => {
  for (const reporterFor of [lineReporter, liveReporter]) {
    const output = recorded()
    const reporter = reporterFor(output)
    reporter.begin(plan)
    reporter.event(interrupted)
    expect(output.out()).toMatch(/stopped at step 3, and saved.*\n.*train --out 'runs\/a b' --resume\n$/)
    reporter.event({ ...interrupted, step: 0, checkpoint: null })
    expect(output.out()).toContain('before the first step')
  }
})

test('on a terminal one line shows where the training stands', () => {
  let now = 0
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 100))
  const output = recorded({ isTerminal: true, columns: 120 })
  const reporter = liveReporter(output)
  reporter.begin(plan)
  for (const event of beginning.slice(0, 2)) reporter.event(event)
  const lines = () =>
    output
      .out()
      .split('\r')
      .map((line) => line.replace('\u001B[J', ''))
      .filter((line) => line !== '')
  expect(lines().at(-1)).toBe(
    '━━━━━───────────────  1/4  loss 2.000  ▁  valid –  |g| 1.000  32 characters/s  0:02 left',
  )
  reporter.validating(45, 90)
  expect(lines().at(-1)).toMatch(/ {2}validating 50 %$/)
  for (const event of beginning.slice(2)) reporter.event(event)
  expect(lines().at(-1)).toBe(
    '━━━━━━━━━━━━━━━─────  3/4  loss 2.000  ▁▁▁  valid 2.000 bits/char  |g| 1.000  32 characters/s  0:01 left',
  )
  expect(output.out()).toContain('  │ the fox\uFFFD\n')
  reporter.event(done)
  reporter.end()
  clock.mockRestore()
  expect(lines().at(-1)).toMatch(/^2\.000 bits per character on the validation text/)
})

test('long lines of a sample are broken at spaces, and keep their margin', () => {
  expect(indented('to be or not to be, that is the question', '> ', 24)).toEqual([
    '> to be or not to be,',
    '> that is the question',
  ])
  expect(indented('abcdefghijklmnopqrstuvwxyz', '> ', 22)).toEqual(['> abcdefghijklmnopqrst', '> uvwxyz'])
  expect(indented('a\n\nb', '> ')).toEqual(['> a', '>', '> b'])
})
