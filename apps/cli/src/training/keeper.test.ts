import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { foxText, jsonLines, scratch, tapeloop, tiny } from '../../fixtures/shell.js'

test('the best model, some for good and all samples are kept, and can be used', async () => {
  const folder = scratch({ 'fox.txt': foxText })
  const run = join(folder, 'run')
  const flags = ['--keep-every', '2', '--valid-every', '2', '--json']
  const { out } = await tapeloop('train', join(folder, 'fox.txt'), '--out', run, ...tiny, ...flags)
  const validations = jsonLines(out).filter(({ type }) => type === 'validation') as {
    step: number
    nats: number
  }[]
  const best = validations.reduce((a, b) => (b.nats < a.nats ? b : a))
  const name = ({ step, nats }: (typeof validations)[number]) =>
    `step-${String(step).padStart(8, '0')}-loss-${nats.toFixed(4)}`
  expect(readdirSync(join(run, 'best'))).toEqual([`${name(best)}.safetensors`])
  expect(readdirSync(join(run, 'kept'))).toEqual(validations.map((each) => `${name(each)}.safetensors`))
  expect(readdirSync(join(run, 'samples')).length).toBeGreaterThan(1)
  // a kill between a checkpoint and its copy
  rmSync(join(run, 'kept', `${name(validations.at(-1)!)}.safetensors`))
  await tapeloop('train', '--out', run, '--resume')
  expect(readdirSync(join(run, 'kept'))).toEqual(validations.map((each) => `${name(each)}.safetensors`))
  const record = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')) as { versions: object }
  expect(record.versions).toMatchObject({ commit: expect.stringMatching(/^[\da-f]{40}/) })

  const nats = async (which: string) =>
    jsonLines(
      (await tapeloop('eval', run, join(folder, 'fox.txt'), '--checkpoint', which, '--json')).out,
    )[0]!['nats']
  expect(await nats('best')).toBe(await nats(name(best)))
  expect(await nats(name(validations[0]!))).not.toBe(await nats(name(validations.at(-1)!)))
  const wrong = await tapeloop('sample', run, '--checkpoint', 'worst')
  expect(wrong).toMatchObject({
    code: 2,
    err: expect.stringMatching(/--checkpoint is "worst"; ".*" has last, best, step-0{7}4, step-0{7}6, step-/),
  })
})

test('a training stops early, with the best weights', async () => {
  const folder = scratch({ 'fox.txt': foxText })
  const flags = ['--lr', '1', '--steps', '60', '--patience', '2', '--valid-every', '2', '--json']
  const { out } = await tapeloop(
    'train',
    join(folder, 'fox.txt'),
    '--out',
    join(folder, 'run'),
    ...tiny,
    ...flags,
  )
  const done = jsonLines(out).at(-1) as { steps: number; bestStep: number }
  expect(done.steps).toBe(done.bestStep + 4)
  expect(done.steps).toBeLessThan(60)
})

test.each([
  '--ema 0.9 --accumulate 2 --warmup 2 --weight-decay 0.1',
  '--bptt-every 1 --bptt-through 3 --dropout 0.2 --zoneout 0.1 --weight-drop 0.2',
  '--bptt-every 2 --bptt-through 1 --recurrent-dropout 0.1',
  ...['linear', 'exponential', 'step', 'one-cycle', 'warm-restarts', 'inverse-root', 'plateau'].map(
    (name) => `--schedule ${name} --warmup 1`,
  ),
])('trains with %s', async (line) => {
  const folder = scratch({ 'fox.txt': foxText })
  const run = join(folder, 'run')
  const ended = await tapeloop(
    'train',
    join(folder, 'fox.txt'),
    '--out',
    run,
    ...tiny,
    '--steps',
    '4',
    ...line.split(' '),
  )
  expect(ended).toMatchObject({ code: 0, err: '' })
  expect((await tapeloop('sample', run, '--length', '5')).code).toBe(0)
})
