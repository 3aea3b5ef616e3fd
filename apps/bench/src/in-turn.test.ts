import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { pretender } from '../fixtures/pretender.js'
import { inTurn, type Entrant } from './in-turn.js'
import type { Case } from './protocol.js'

const folder = mkdtempSync(join(tmpdir(), 'bench-'))
afterAll(() => rmSync(folder, { recursive: true }))
const entrant = (name: string, milliseconds: number, of: Case = {}, log?: string): Entrant => ({
  name,
  command: pretender(name, milliseconds, log === undefined ? {} : { log }),
  workload: 'step',
  case: of,
  level: 'portable',
})

test('everyone is opened, warmed up and measured in turn', async () => {
  const log = join(folder, 'rounds')
  const [a, b] = [entrant('a', 2, {}, log), entrant('b', 3, {}, log)]
  const results = await inTurn([a, b], ['time'], { rounds: 2, seconds: 0.01 })
  const opened = 'a open\nb open\n'
  const measured = 'a measure\nb measure\n'
  expect(readFileSync(log, 'utf8')).toBe(opened + measured.repeat(3)) // to warm up, and two rounds
  expect(results.get(a)).toMatchObject({ values: { time: 2, first: 20 }, program: 'a 1.0', results: [4, 3] })
  expect(results.get(b)).toMatchObject({ values: { time: 3 } })
})

test('the first call is measured in new processes', async () => {
  const log = join(folder, 'first')
  const a = entrant('a', 2, {}, log)
  const results = await inTurn([a], ['first'], { rounds: 3, seconds: 0.01 })
  expect(readFileSync(log, 'utf8')).toBe('a open\na open\na open\n')
  expect(results.get(a)).toMatchObject({ values: { first: 20 } })
})

test('memory is asked for after a few runs', async () => {
  const log = join(folder, 'memory')
  const a = entrant('a', 2, {}, log)
  const results = await inTurn([a], ['peak'], { rounds: 3, seconds: 0.01 })
  expect(readFileSync(log, 'utf8')).toBe('a open\na measure\na memory\n')
  expect(results.get(a)).toMatchObject({ values: { peak: 200, grown: 50 } })
})

test('who cannot, or breaks, is missing; the others are measured all the same', async () => {
  const [a, b, c] = [entrant('a', 2), entrant('b', 3, { refuse: 1 }), entrant('c', 4, { crash: 1 })]
  const results = await inTurn([b, c, a], ['time'], { rounds: 1, seconds: 0.01 })
  expect(results.get(a)).toMatchObject({ values: { time: 2 } })
  expect(results.get(b)).toEqual({ missing: 'not for me' })
  expect(results.get(c)).toHaveProperty('missing')
})
