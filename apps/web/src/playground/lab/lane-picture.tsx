'use client'

import { wholeState } from '../engine/lab/observe.js'
import type { LabLane } from './observed.js'
import type { LabTask } from '../engine/lab/tasks.js'
import { HeatMap } from './heat-map.js'
import styles from '../ui/page.module.css'
import { hasFailed, LaneHead, nameOf, observationAt } from '../ui/lane-head.js'
import { partOf, reachOf } from './observed.js'

/** Whether a network remembers, as far as is known at a step. */
export function verdictOf(
  lane: LabLane,
  { solved }: LabTask,
  at: number | null,
): 'remembers' | 'has not learned it' | 'failed' {
  if (hasFailed(lane, at)) return 'failed'
  const loss = observationAt(lane, at)?.loss
  return loss !== undefined && loss < solved ? 'remembers' : 'has not learned it'
}

/** One training: its name, what it has come to, and the gradient over it. */
export function LanePicture({
  lane,
  color,
  task,
  entry,
  at,
  ...map
}: {
  readonly lane: LabLane
  readonly color: number
  readonly task: LabTask
  readonly version: number
  readonly entry: string
  readonly every: number
  readonly end: number
  readonly at: number | null
  readonly onSeek: (step: number) => void
}) {
  const observation = observationAt(lane, at)
  const verdict = verdictOf(lane, task, at)
  const reach = observation && reachOf(observation.flow[entry] ?? observation.flow[wholeState]!)
  return (
    <section className={styles.lane} aria-label={nameOf(lane)}>
      <LaneHead {...{ lane, color, verdict }} hasLearned={verdict === 'remembers'}>
        {reach && `${partOf(reach[0]!)} of the gradient arrives at the first step`}
      </LaneHead>
      <HeatMap {...map} {...{ lane, entry, at }} />
    </section>
  )
}
