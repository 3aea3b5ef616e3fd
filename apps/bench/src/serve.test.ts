import { describe, expect, test } from 'vitest'
import type { Request } from './protocol.js'
import { answering, type Workload } from './serve.js'

const open: Request = { do: 'open', workload: 'step', case: { hidden: 8 }, level: 'portable' }
const counting = () => {
  let runs = 0
  const workload: Workload = { program: 'counting 1.0', run: () => ++runs, scale: 0 }
  return { workload, runs: () => runs }
}

describe('a measured process', () => {
  test('builds what it is asked for, runs it once and says what it is', async () => {
    const asked: unknown[] = []
    const { workload, runs } = counting()
    const answer = answering((...request) => {
      asked.push(request)
      return workload
    })
    expect(await answer(open)).toEqual({ opened: { program: 'counting 1.0', first: 0, result: 1 } })
    expect(asked).toEqual([['step', { hidden: 8 }, 'portable']])
    expect(runs()).toBe(1)
  })

  test('runs at least as often as told', async () => {
    const { workload } = counting()
    const answer = answering(() => workload)
    await answer(open)
    expect(await answer({ do: 'measure', seconds: 0, least: 3 })).toEqual({ samples: [0, 0, 0], result: 4 })
  })

  test('measures milliseconds of asynchronous work, times the scale', async () => {
    const run = () => new Promise<number>((resolve) => setTimeout(() => resolve(1), 20))
    const answer = answering(() => ({ program: '', run, scale: 1000 }))
    const reply = await answer(open)
    expect('opened' in reply && reply.opened.first).toBeGreaterThan(10_000)
  })

  test('knows its memory', async () => {
    let held: number[] = []
    const answer = answering(() => ({
      program: '',
      run: () => (held = new Array(4e6).fill(0.5)).length,
    }))
    await answer(open)
    const reply = await answer({ do: 'memory' })
    expect(held).toHaveLength(4e6)
    if (!('memory' in reply)) throw new Error(JSON.stringify(reply))
    expect(reply.memory.peak).toBeGreaterThan(32)
    expect(reply.memory.grown).toBeLessThan(reply.memory.peak)
  })

  test('says what is no case for it, and what went wrong', async () => {
    expect(await answering(() => 'it has no such cell')(open)).toEqual({ cannot: 'it has no such cell' })
    const broken = () => {
      throw new Error('out of memory')
    }
    expect(await answering(broken)(open)).toEqual({ failed: 'out of memory' })
    expect(await answering(() => ({ program: '', run: broken }))(open)).toEqual({ failed: 'out of memory' })
  })

  test('refuses a result that is no number', async () => {
    expect(await answering(() => ({ program: '', run: () => NaN }))(open)).toEqual({
      failed: 'the result is NaN',
    })
  })
})
