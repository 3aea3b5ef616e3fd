import { describe, expect, test } from 'vitest'
import { benchmarks } from '../benchmarks/index.js'
import { casesOf } from '../cases.js'
import type { Level } from '../level.js'
import type { Case } from '../protocol.js'
import { buildWorkload } from './index.js'
import { operationsOf } from './product.js'

const small = { hidden: [6], batch: [3], time: [5] }
const steps = ['step', 'custom', 'long'].flatMap((name) => casesOf(benchmarks[name]!, small))
const unique = [...new Map(steps.map((of) => [JSON.stringify(of), of])).values()]

test.each(unique)('a training step lowers the loss: %j', async (of: Case) => {
  const { run } = await buildWorkload('step', of, 'reference')
  const first = await run()
  expect(first).toBeCloseTo(Math.log(65), 0)
  for (let i = 0; i < 4; i++) await run()
  expect(await run()).toBeLessThan(first)
})

test('the head inside the loop and checkpoints change memory, not the loss', async () => {
  const losses = async (of: Case) => {
    const { run } = await buildWorkload('step', { hidden: 6, batch: 3, time: 5, ...of }, 'reference')
    return [await run(), await run(), await run()]
  }
  const plain = await losses({})
  for (const checkpoint of ['none', 'sqrt']) {
    for (const head of ['outside', 'inside']) {
      const found = await losses({ checkpoint, head })
      found.forEach((loss, i) => expect(loss).toBeCloseTo(plain[i]!, 4))
    }
  }
})

test.each(['simd', 'portable'] as const)('the level %s trains as the reference does', async (level) => {
  const losses = async (level: Level) => {
    const { run } = await buildWorkload('step', { hidden: 6, batch: 3, time: 5 }, level)
    return [await run(), await run(), await run()]
  }
  const expected = await losses('reference')
  const found = await losses(level)
  found.forEach((loss, i) => expect(loss).toBeCloseTo(expected[i]!, 4))
})

test.each(casesOf(benchmarks['sample']!, { hidden: [6] }))('%j draws a character', async (of) => {
  const { run, scale } = await buildWorkload('sample', of, 'reference')
  const token = await run()
  expect(Number.isInteger(token) && token >= 0 && token < 65).toBe(true)
  expect(scale).toBe(1 / 500)
})

describe('products', () => {
  test.each(casesOf(benchmarks['products']!, small))('%j runs again and again', async (of) => {
    const { run } = await buildWorkload('product', of, 'reference')
    expect(await run()).toEqual(await run())
  })

  test('a chain neither grows nor vanishes', async () => {
    const { run } = await buildWorkload('product', { product: 'recurrent', hidden: 8, time: 64 }, 'reference')
    expect(await run()).toBeCloseTo(32 * 8, 2)
  })

  test('count two operations for each multiplication', () => {
    const of = (product: string) => ({ product, hidden: 4, batch: 2, time: 3 })
    const large = 2 * 6 * 4 * 16
    expect(operationsOf(of('input'))).toBe(large)
    expect(operationsOf(of('input-gradient'))).toBe(large)
    expect(operationsOf(of('weight-gradient'))).toBe(large)
    expect(operationsOf(of('recurrent'))).toBe(2 * large) // forward and backward, over 3 steps
    expect(operationsOf(of('vector'))).toBe(large)
  })
})

test('the peak is reached by sums that come to x·s + y = s', async () => {
  const { run, scale } = await buildWorkload('peak', { product: 'input', hidden: 64 }, 'simd')
  expect(await run()).toBe(1) // 0.5·1 + 0.5
  expect(scale).toBeGreaterThan(0)
})
