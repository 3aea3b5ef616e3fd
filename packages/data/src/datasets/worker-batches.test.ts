import { expect, test } from 'vitest'
import { batchesFrom } from '../batches.js'
import { workerBatches } from './worker-batches.js'

const moduleOf = (text: string) => new URL(`data:text/javascript,${encodeURIComponent(text)}`)

test('a worker makes the batches that its module says, from any cursor', async () => {
  const module = moduleOf(`export default async ({ scale }) => ({
    batchesPerEpoch: 3,
    batch: async ({ epoch, batch }) => ({ x: Float32Array.of(epoch * scale, batch) }),
  })`)
  const batches = await workerBatches<{ x: Float32Array }>(module, { options: { scale: 10 } })
  expect(batches.batchesPerEpoch).toBe(3)
  const found: number[][] = []
  for (const { batch, next } of batchesFrom(batches, { epoch: 1, batch: 1 })) {
    found.push([...(await batch).x])
    if (next.epoch === 3) break
  }
  expect(found).toEqual([
    [10, 1],
    [10, 2],
    [20, 0],
    [20, 1],
    [20, 2],
  ])
  batches.close()
  await expect(batches.batch({ epoch: 7, batch: 0 })).rejects.toThrow(
    'The worker that makes the batches was closed.',
  )
})

test('a module that fails, or a batch that does, is told in one sentence', async () => {
  const failing = moduleOf('export default () => { throw new Error("no such corpus") }')
  await expect(workerBatches(failing)).rejects.toThrow(/^The worker of data:.* failed: no such corpus$/)
  const module = moduleOf(`export default () => ({
    batchesPerEpoch: 2,
    batch: ({ batch }) => { if (batch === 1) throw new Error('line 7 is broken'); return batch },
  })`)
  const batches = await workerBatches(module)
  expect(await batches.batch({ epoch: 0, batch: 0 })).toBe(0)
  await expect(batches.batch({ epoch: 0, batch: 1 })).rejects.toThrow(/ failed: line 7 is broken$/)
  expect(await batches.batch({ epoch: 1, batch: 0 })).toBe(0)
  batches.close()
})

test('a worker that ends by itself is told to whoever waits', async () => {
  const module = moduleOf(`export default () => ({
    batchesPerEpoch: 2,
    batch: () => new Promise(() => setTimeout(() => { throw new Error('out of memory') })),
  })`)
  const batches = await workerBatches(module)
  await expect(batches.batch({ epoch: 0, batch: 0 })).rejects.toThrow(/ failed: out of memory$/)
  await expect(batches.batch({ epoch: 5, batch: 0 })).rejects.toThrow(/ failed: out of memory$/)
})
