'use client'

import { seriesColor } from '../../design/palette.js'
import { wholeState } from '../engine/lab/observe.js'
import type { LabLane } from './observed.js'
import type { LabTask } from '../engine/lab/tasks.js'
import { HeatMap } from './heat-map.js'
import styles from '../ui/page.module.css'
import { observationAt, partOf, reachOf } from './observed.js'
import { shortName } from '../ui/names.js'

/** Whether a network remembers, as far as is known at a step. */
export function verdictOf(
  lane: LabLane,
  { solved }: LabTask,
  at: number | null,
): 'remembers' | 'has not learned it' | 'failed' {
  if (lane.message !== null && (at === null || at >= lane.step)) return 'failed'
  const loss = observationAt(lane, at)?.loss
  return loss !== undefined && loss < solved ? 'remembers' : 'has not learned it'
}

/** What a lane is called: its cell, and what was changed where it left another. */
export function nameOf({ lane }: LabLane): string {
  if (lane.from === undefined) return shortName(lane.cell)
  return `${shortName(lane.cell)} from step ${lane.from.step}, rate ${lane.learningRate}`
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
      <p className={styles.laneHead}>
        <span className={styles.laneName}>
          <i style={{ background: seriesColor(color) }} aria-hidden />
          {nameOf(lane)}
        </span>
        <span className={styles.verdict} data-verdict={verdict}>
          {verdict}
        </span>
        {reach && (
          <span className={styles.laneFact}>
            {partOf(reach[0]!)} of the gradient arrives at the first step
          </span>
        )}
      </p>
      {lane.message !== null && <p className={styles.problem}>{lane.message}</p>}
      <HeatMap {...map} {...{ lane, entry, at }} />
    </section>
  )
}
