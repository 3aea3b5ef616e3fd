import type { ReactNode } from 'react'
import { seriesColor } from '../../design/palette.js'
import type { LaneView } from '../engine/lanes/session.js'
import { shortName } from './names.js'
import styles from './page.module.css'

/** What a lane is called: its cell, and what was changed where it left another. */
export function nameOf({ lane }: Pick<LaneView<unknown, unknown>, 'lane'>): string {
  if (lane.from === undefined) return shortName(lane.cell)
  return `${shortName(lane.cell)} from step ${lane.from.step}, rate ${lane.learningRate}`
}

/** The last observation of a lane at or before a step; the newest where no step is given. */
export function observationAt<Observation extends { readonly step: number }>(
  { observations }: { readonly observations: readonly Observation[] },
  step: number | null,
): Observation | null {
  if (step === null) return observations.at(-1) ?? null
  return observations.findLast((observation) => observation.step <= step) ?? null
}

/** Whether a lane had failed by a step. */
export const hasFailed = ({ message, step }: LaneView<unknown, unknown>, at: number | null): boolean =>
  message !== null && (at === null || at >= step)

/** The head of a training's picture: its name, what it has come to, a fact, and why it failed, where it did. */
export function LaneHead({
  lane,
  color,
  verdict,
  hasLearned,
  children,
}: {
  readonly lane: LaneView<unknown, unknown>
  readonly color: number
  readonly verdict: string
  readonly hasLearned: boolean
  readonly children?: ReactNode
}) {
  const state = hasLearned ? 'learned' : verdict === 'failed' ? 'failed' : undefined
  return (
    <>
      <p className={styles.laneHead}>
        <span className={styles.laneName}>
          <i style={{ background: seriesColor(color) }} aria-hidden />
          {nameOf(lane)}
        </span>
        <span className={styles.verdict} data-verdict={state}>
          {verdict}
        </span>
        {children && <span className={styles.laneFact}>{children}</span>}
      </p>
      {lane.message !== null && <p className={styles.problem}>{lane.message}</p>}
    </>
  )
}
