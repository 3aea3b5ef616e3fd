'use client'

import { seriesColor } from '../../design/palette.js'
import { registry } from '../engine/registry.js'
import type { LabSetup } from '../engine/lab/setup.js'
import { labTasks } from '../engine/lab/tasks.js'
import { mostLanes, numberFields } from '../engine/lab/url.js'
import { Chip, Choice, controls, Dial, NumberField } from '../ui/controls.js'
import { cellNames, optimizerNames, shortName } from '../ui/names.js'
import styles from '../ui/page.module.css'

const taskNames = Object.values(labTasks).map(({ name, title }) => [name, title] as const)
/** Everything that can be chosen of a session. */
export function SetupForm({
  setup,
  onChange,
}: {
  readonly setup: LabSetup
  readonly onChange: (setup: LabSetup) => void
}) {
  const task = labTasks[setup.task]!
  const set = (changed: Partial<LabSetup>) => onChange({ ...setup, branches: [], ...changed })
  const numbers = [
    ['units', 'Units'],
    ['learningRate', 'Learning rate'],
    ['clip', 'Gradient bound (0: none)'],
    ['batchSize', 'Sequences a step'],
    ['steps', 'Steps'],
    ['seed', 'Seed'],
  ] as const
  return (
    <>
      <div className={styles.setup}>
        <p className={styles.about}>{task.about}</p>
        <Choice
          label="Task"
          value={setup.task}
          options={taskNames}
          onChange={(name) => set({ task: name, lag: labTasks[name]!.lag.usual })}
        />
        <Dial
          label={
            <>
              Time lag, {task.lag.label}: <output>{setup.lag}</output>
            </>
          }
          min={task.lag.min}
          max={task.lag.max}
          value={setup.lag}
          onChange={(lag) => set({ lag })}
        />
        <div role="group" aria-label="Cells side by side" className={styles.cells}>
          {setup.cells.map((cell, i) => (
            <Chip
              key={cell}
              color={seriesColor(i)}
              aria-label={`${shortName(cell)}: leave it out`}
              title={registry[cell]!.title}
              disabled={setup.cells.length === 1}
              onClick={() => set({ cells: setup.cells.filter((other) => other !== cell) })}
            >
              {shortName(cell)} {setup.cells.length > 1 && <span aria-hidden>×</span>}
            </Chip>
          ))}
          {setup.cells.length < mostLanes && (
            <select
              className={`${controls.input} ${styles.add}`}
              aria-label="Add a cell"
              value=""
              onChange={({ target }) => set({ cells: [...setup.cells, target.value] })}
            >
              <option value="" disabled>
                Add a cell…
              </option>
              {cellNames
                .filter(([name]) => !setup.cells.includes(name))
                .map(([name, title]) => (
                  <option key={name} value={name}>
                    {title}
                  </option>
                ))}
            </select>
          )}
        </div>
      </div>
      <details className={controls.details}>
        <summary>Everything else: units, optimizer, learning rate, seed…</summary>
        <div className={styles.more}>
          {numbers.map(([field, label]) => (
            <NumberField
              key={field}
              label={label}
              {...numberFields[field]}
              value={setup[field]}
              onChange={(value) => set({ [field]: value })}
            />
          ))}
          <Choice
            label="Optimizer"
            value={setup.optimizer}
            options={optimizerNames}
            onChange={(optimizer) => set({ optimizer })}
          />
          <Choice
            label="Recurrent weights start"
            value={setup.start}
            options={[
              ['cell', 'as the cell says'],
              ['uniform', 'uniform, ±1/√units'],
            ]}
            onChange={(start) => set({ start: start as LabSetup['start'] })}
          />
        </div>
      </details>
    </>
  )
}
