import { expect, test } from 'vitest'
import { labAddress } from '../lab/address.js'
import type { LaneEvent } from './lanes.js'
import { gathered, type LaneCommand } from './protocol.js'
import { lanesSession, type LanesWorker } from './session.js'

const usualSetup = labAddress.usual
type Event = LaneEvent<string, never>

/** A worker whose answers the test gives. */
function actor() {
  const commands: LaneCommand[] = []
  let tell: (message: { readonly data: readonly Event[] }) => void = () => {}
  let isTerminated = false
  const worker = {
    postMessage: (command: LaneCommand) => void commands.push(command),
    terminate: () => {
      isTerminated = true
    },
    addEventListener: (type: string, listener: never) => {
      if (type === 'message') tell = listener
    },
  } as LanesWorker<string, never>
  return { worker, commands, tell: (...data: Event[]) => tell({ data }), isTerminated: () => isTerminated }
}

const lane = { id: 'rnn', cell: 'rnn', learningRate: 0.01, clip: 1, lag: 50 }

test('a session does nothing before it is started, and then keeps what it is told', async () => {
  const { worker, commands, tell, isTerminated } = actor()
  const session = lanesSession(usualSetup, () => worker)
  expect([session.view().status, commands.length]).toEqual(['new', 0])
  let changes = 0
  const forget = session.subscribe(() => changes++)
  session.start()
  expect(commands).toEqual([{ type: 'start', setup: usualSetup }])
  tell({ type: 'ready', backend: { name: 'wasm relaxed', threads: 1 } })
  tell(
    { type: 'lane', lane, parameters: 100, facts: 'known' },
    { type: 'progress', lane: 'rnn', step: 1, losses: [3, 2, 1], gradNorms: [1, 1, 1] },
  )
  const { status, lanes, backend } = session.view()
  expect(status).toBe('running')
  expect(backend?.name).toBe('wasm relaxed')
  expect(lanes[0]).toMatchObject({ step: 3, loss: 1, isOver: false })
  expect(changes).toBeGreaterThan(2)
  session.pause()
  session.start()
  expect(commands.slice(1).map(({ type }) => type)).toEqual(['pause', 'resume'])
  const saving = session.save()
  tell({ type: 'snapshots', snapshots: {} })
  expect(await saving).toMatchObject({ setup: usualSetup, snapshots: {} })
  tell({ type: 'ended', lane: 'rnn', step: 3, message: 'the loss is not finite' }, { type: 'idle' })
  expect(session.view().lanes[0]).toMatchObject({ isOver: true, message: 'the loss is not finite' })
  forget()
  session.close()
  expect(isTerminated()).toBe(true)
})

test('events are gathered, losses of one training into one', async () => {
  const sent: (readonly Event[])[] = []
  const emit = gathered<string, never>((events) => sent.push(events))
  const progress = (step: number): Event => ({
    type: 'progress',
    lane: 'rnn',
    step,
    losses: [step],
    gradNorms: [1],
  })
  emit({ type: 'idle' })
  emit(progress(1))
  emit(progress(2))
  emit({ type: 'idle' })
  await new Promise((resolve) => setTimeout(resolve, 80))
  const events = sent.flat()
  expect(events).toContainEqual({ type: 'progress', lane: 'rnn', step: 1, losses: [1, 2], gradNorms: [1, 1] })
  expect(events.filter(({ type }) => type === 'idle')).toHaveLength(2)
})
