'use client'

import { useId, type ReactNode } from 'react'
import type { WorkView } from '../engine/worker-session.js'
import { Button, controls } from './controls.js'
import styles from './page.module.css'
import type { Seek } from './use-seek.js'

/** What a training has come to, and how to make it go on, wait, begin anew, or show an earlier step. */
export function RunBar({
  view: { status, backend },
  canStart,
  onStart,
  onPause,
  onStep,
  onRestart,
  kept,
  step,
  total,
  every = 1,
  seek: { at, seek },
  promise,
  facts = [],
  children,
}: {
  readonly view: WorkView
  /** whether there is something to begin with */
  readonly canStart: boolean
  readonly onStart: () => void
  readonly onPause: () => void
  /** One step only, where that can be done. */
  readonly onStep?: () => void
  readonly onRestart: () => void
  /** what the browser kept of the last visit */
  readonly kept?: { readonly name: string; readonly step: number; readonly open: () => void } | null
  /** steps made, and how many there will be */
  readonly step: number
  readonly total: number
  /** steps between those that can be shown */
  readonly every?: number
  readonly seek: Seek
  /** what is said before anything is computed */
  readonly promise: string
  /** what is known beside the backend, such as the speed */
  readonly facts?: readonly string[]
  /** more buttons */
  readonly children?: ReactNode
}) {
  const id = useId()
  const isRunning = status === 'running' || status === 'starting'
  const isOver = status === 'over' || status === 'failed'
  return (
    <div className={styles.transport}>
      {isRunning ? (
        <Button kind="primary" disabled={status === 'starting'} onClick={onPause}>
          {status === 'starting' ? 'Compiling…' : 'Pause'}
        </Button>
      ) : (
        <Button kind="primary" disabled={isOver || !canStart} onClick={onStart}>
          {status === 'paused' ? 'Go on' : 'Train'}
        </Button>
      )}
      {onStep && (
        <Button disabled={isRunning || isOver || !canStart} onClick={onStep}>
          One step
        </Button>
      )}
      <Button
        disabled={status === 'new' || !canStart}
        onClick={() => {
          seek(null)
          onRestart()
        }}
      >
        Start over
      </Button>
      {status === 'new' && kept && (
        <Button kind="quiet" onClick={kept.open}>
          Open the last {kept.name} (step {kept.step})
        </Button>
      )}
      {children}
      <div className={styles.scrub}>
        <label className={styles.stepNumber} htmlFor={id}>
          Step {at ?? step} of {total}
        </label>
        <input
          id={id}
          type="range"
          className={controls.range}
          min={0}
          max={Math.max(step, 1)}
          step={every}
          value={at ?? step}
          disabled={step === 0}
          onChange={({ target }) => seek(Number(target.value))}
        />
        <Button kind="quiet" disabled={at === null} onClick={() => seek(null)}>
          Now
        </Button>
      </div>
      <p className={styles.status}>
        {backend === null
          ? promise
          : [
              `${backend.name}, ${backend.threads === 1 ? 'one thread' : `${backend.threads} threads`}, in a worker of this tab`,
              ...facts,
            ].join('; ')}
      </p>
    </div>
  )
}
