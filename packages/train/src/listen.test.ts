import { expect, test } from 'vitest'
import { tinyOptions, tinyTask } from '../fixtures/tiny.js'
import { fit } from './fit.js'
import { listen } from './listen.js'

const train = () => fit(tinyTask, { ...tinyOptions, steps: 7 })

test('listeners are told in order, those by type only of theirs, and the last event is given back', async () => {
  const told: string[] = []
  const last = await listen(
    train(),
    {
      // slow: the next one waits for it
      validation: async ({ step, loss }) => {
        await new Promise((resolve) => setTimeout(resolve, 5))
        told.push(`first ${step} ${Number.isFinite(loss)}`)
      },
    },
    (event) => event.type === 'validation' && told.push(`second ${event.step}`),
  )
  expect(told).toEqual(['first 6 true', 'second 6', 'first 7 true', 'second 7'])
  expect(last).toMatchObject({ type: 'done', step: 7 })
})

test('what a listener throws closes the stream', async () => {
  let steps = 0
  const events = train()
  const broken = () => {
    if (++steps === 3) throw new Error('no more')
  }
  await expect(listen(events, { step: broken })).rejects.toThrow('no more')
  expect(steps).toBe(3)
  expect(await events.next()).toEqual({ done: true, value: undefined })
})

test('a stream of nothing has no last event', async () => {
  expect(await listen((async function* () {})())).toBeUndefined()
})
