'use client'

import { seriesColor } from '../../design/palette.js'
import { registry } from '../engine/registry.js'
import { mostLanes, numberFields, usualOf } from '../engine/lanes/address.js'
import type { Setup } from '../engine/lanes/setup.js'
import type { LaneTask } from '../engine/lanes/task.js'
import { Chip, Choice, controls, Dial, NumberField } from './controls.js'
import { cellNames, optimizerNames, shortName } from './names.js'
import styles from './page.module.css'

/** Everything that can be chosen of a session. */
export function SetupForm({
  tasks,
  setup,
  onChange,
}: {
  readonly tasks: Readonly<Record<string, LaneTask>>
  readonly setup: Setup
  readonly onChange: (setup: Setup) => void
}) {
  const task = tasks[setup.task]!
  const set = (changed: Partial<Setup>) => onChange({ ...setup, branches: [], ...changed })
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
          options={Object.values(tasks).map(({ name, title }) => [name, title] as const)}
          onChange={(name) => set({ task: name, ...usualOf(tasks[name]!) })}
        />
        <Dial
          label={
            <>
              {task.lag.label} <output>{setup.lag}</output>
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
            onChange={(start) => set({ start: start as Setup['start'] })}
          />
        </div>
      </details>
    </>
  )
}
