'use client'

import { useState } from 'react'
import { numberFields } from '../engine/lanes/address.js'
import type { LaneView } from '../engine/lanes/session.js'
import type { Branch } from '../engine/lanes/setup.js'
import type { LaneTask } from '../engine/lanes/task.js'
import { Button, Choice, NumberField } from './controls.js'
import styles from './page.module.css'

/** Leaves a training at the chosen step, with something changed: a second curve. */
export function BranchForm({
  lanes,
  task,
  step,
  onBranch,
}: {
  readonly lanes: readonly LaneView<unknown, unknown>[]
  readonly task: LaneTask
  readonly step: number
  readonly onBranch: (branch: Branch) => void
}) {
  const [from, setFrom] = useState(lanes[0]!.lane.id)
  const parent = (lanes.find(({ lane }) => lane.id === from) ?? lanes[0]!).lane
  const [changed, setChanged] = useState<Partial<Branch>>({})
  const branch: Branch = {
    learningRate: parent.learningRate,
    clip: parent.clip,
    lag: parent.lag,
    ...changed,
    from: parent.id,
    step,
  }
  const { min, max } = task.lag
  const set = (value: Partial<Branch>) => setChanged({ ...changed, ...value })
  return (
    <div className={styles.branch}>
      <Choice
        label="Leave the training of"
        value={parent.id}
        options={lanes.map(({ lane }) => [lane.id, lane.id] as const)}
        onChange={setFrom}
      />
      <NumberField
        label="Learning rate"
        {...numberFields.learningRate}
        value={branch.learningRate}
        onChange={(learningRate) => set({ learningRate })}
      />
      <NumberField
        label="Gradient bound"
        {...numberFields.clip}
        value={branch.clip}
        onChange={(clip) => set({ clip })}
      />
      <NumberField
        label={task.lag.label}
        isWhole
        {...{ min, max }}
        value={branch.lag}
        onChange={(lag) => set({ lag })}
      />
      <Button onClick={() => onBranch(branch)}>Continue from step {step}</Button>
    </div>
  )
}
