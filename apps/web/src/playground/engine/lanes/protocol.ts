import type { Snapshot } from '../history.js'
import type { LaneEvent } from './lanes.js'
import type { Branch, Setup } from './setup.js'

/** What the page asks of the worker. */
export type LaneCommand =
  | {
      readonly type: 'start'
      readonly setup: Setup
      readonly resumed?: Readonly<Record<string, Snapshot>>
    }
  | { readonly type: 'pause' | 'resume' | 'step' | 'snapshots' }
  | { readonly type: 'branch'; readonly branch: Branch }

/** How long events wait for others, in milliseconds: a page draws no more often. */
const patience = 40

/**
 * Gathers events, so that a page is told some times a second, not some thousand times: losses of one training that
 * follow each other become one event.
 */
export function gathered<Facts, Observation>(
  send: (events: readonly LaneEvent<Facts, Observation>[]) => void,
): (event: LaneEvent<Facts, Observation>) => void {
  let waiting: LaneEvent<Facts, Observation>[] = []
  let last = 0
  const flush = () => {
    if (waiting.length === 0) return
    last = performance.now()
    send(merged(waiting))
    waiting = []
  }
  return (event) => {
    if (waiting.length === 0) setTimeout(flush, patience)
    waiting.push(event)
    const isUrgent = event.type !== 'progress' && event.type !== 'observation'
    if (isUrgent || performance.now() - last > patience) flush()
  }
}

function merged<Facts, Observation>(
  events: readonly LaneEvent<Facts, Observation>[],
): LaneEvent<Facts, Observation>[] {
  const kept: LaneEvent<Facts, Observation>[] = []
  const open = new Map<string, { losses: number[]; gradNorms: number[] }>()
  for (const event of events) {
    if (event.type !== 'progress') {
      kept.push(event)
      continue
    }
    const { lane, losses, gradNorms } = event
    const before = open.get(lane)
    if (before === undefined) {
      const all = { losses: [...losses], gradNorms: [...gradNorms] }
      open.set(lane, all)
      kept.push({ ...event, ...all })
    } else {
      before.losses.push(...losses)
      before.gradNorms.push(...gradNorms)
    }
  }
  return kept
}
