'use client'

import { useMemo } from 'react'
import type { Automaton } from '../engine/sequence-tasks/automaton.js'
import type { Look } from '../engine/sequence-tasks/look.js'
import type { SequenceObservation } from '../engine/sequence-tasks/observe.js'
import type { TaskString } from '../engine/sequence-tasks/strings.js'
import type { SequenceTask } from '../engine/sequence-tasks/task.js'
import type { LaneView } from '../engine/lanes/session.js'
import { hasFailed, LaneHead, nameOf, observationAt } from '../ui/lane-head.js'
import styles from '../ui/page.module.css'
import { Plane, type PointMark } from '../ui/plane.js'

/** One training of the sequence tasks. */
export type SequenceLane = LaneView<null, SequenceObservation>

/** Whether a network knows its task, as far as is known at a step. */
export function verdictOf(
  lane: SequenceLane,
  { measure }: SequenceTask,
  at: number | null,
): 'knows it' | 'has not learned it' | 'failed' {
  if (hasFailed(lane, at)) return 'failed'
  const seen = observationAt(lane, at)
  return seen && measure.isSolved(seen.measure, lane.lane.lag) ? 'knows it' : 'has not learned it'
}

/** The states of one network on a plane, in the colours of the automaton's, with the way of the chosen string. */
export function LanePlane({
  lane,
  color,
  task,
  automaton,
  strings,
  look,
  at,
}: {
  readonly lane: SequenceLane
  readonly color: number
  readonly task: SequenceTask
  readonly automaton: Automaton
  /** those that are drawn */
  readonly strings: readonly TaskString[]
  readonly look: Look
  readonly at: number | null
}) {
  const nodes = useMemo(
    () => strings.flatMap(({ nodes }) => nodes.map((node) => automaton.nodes[node]!)),
    [strings, automaton],
  )
  const marks = useMemo(
    () =>
      nodes.map(({ kind, label, isHollow }): PointMark => ({
        color: kind,
        isHollow,
        ...(task.isCounted && { text: label }),
      })),
    [nodes, task],
  )
  const captions = useMemo(
    () => (task.isCounted ? [] : nodes.map(({ label, isHollow }) => (isHollow ? null : label || null))),
    [nodes, task],
  )
  const way = useMemo(() => {
    const from = strings.slice(0, look.string).reduce((sum, { x }) => sum + x.length, 0)
    const { length } = strings[look.string]!.x
    return { from, to: from + length, at: from + Math.min(look.time, length - 1) }
  }, [strings, look.string, look.time])
  const seen = observationAt(lane, at)
  const verdict = verdictOf(lane, task, at)
  const entry = seen && (seen.planes[look.entry] ? look.entry : Object.keys(seen.planes)[0])
  const planes = entry ? seen.planes[entry]! : null
  const plane = planes && (look.plane === 'probe' && planes.probe ? planes.probe : planes.spread)
  const percent = plane && Math.round(100 * plane.explained)
  return (
    <section className={styles.lane} aria-label={nameOf(lane)}>
      <LaneHead {...{ lane, color, verdict }} hasLearned={verdict === 'knows it'}>
        {seen && task.measure.print(seen.measure)}
      </LaneHead>
      {plane ? (
        <>
          <Plane
            points={plane.points}
            {...{ marks, captions, way }}
            label={`The states ${entry} of ${nameOf(lane)} after every symbol of ${strings.length} strings, marked by the state of the automaton.`}
          />
          <p className={styles.note}>
            {plane === planes?.probe
              ? `Across: what a linear probe of ${entry} reads as ${task.probe}; it explains ${percent} %. Up: where the states spread most.`
              : `State ${entry} on the plane in which it spreads most: ${percent} % of it.`}
          </p>
        </>
      ) : (
        seen && (
          <p className={styles.note}>Its state has no plane: it is a single number, or none any more.</p>
        )
      )}
    </section>
  )
}
