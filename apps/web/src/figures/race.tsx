'use client'

import { useState } from 'react'
import type { AddingSettings } from './compute/adding.js'
import { Action } from './controls.js'
import { Figure } from './figure.js'
import { LineChart } from './line-chart.js'
import { useTask } from './use-task.js'
import { useVisible } from './use-visible.js'

/** One of those who race: its name, and in what it differs from the others. */
export interface Runner extends Partial<AddingSettings> {
  readonly label: string
}

const usual: AddingSettings = {
  cell: 'lstm',
  hiddenSize: 24,
  length: 30,
  learningRate: 0.01,
  seed: 1,
  steps: 400,
  every: 10,
}

/** Networks that differ in one thing learn the adding problem, one after the other, when the visitor says so. */
export function Race({
  runners,
  measure = 'explained',
  caption,
}: {
  readonly runners: readonly Runner[]
  readonly measure?: 'explained' | 'gradientNorm'
  readonly caption: string
}) {
  const [ref, isVisible] = useVisible<HTMLDivElement>()
  const [seed, setSeed] = useState(1)
  const settings = {
    runners: runners.map(({ label, ...own }) => ({ label, settings: { ...usual, seed, ...own } })),
  }
  const { pictures, isDone, error } = useTask('race', settings, isVisible)
  const latest = pictures.at(-1) ?? {}
  const steps = Math.max(...settings.runners.map(({ settings }) => settings.steps))
  const every = usual.every
  const x = Array.from({ length: steps / every + 1 }, (_, index) => index * every)
  return (
    <div ref={ref}>
      <Figure
        error={error}
        controls={
          <Action onClick={() => setSeed(seed + 1)}>
            {isDone ? 'Again, with other numbers' : 'Begin again'}
          </Action>
        }
        caption={caption}
      >
        <LineChart
          x={x}
          lines={runners.map(({ label }) => {
            const values = (latest[label] ?? []).map((picture) => picture[measure])
            return {
              label,
              values: [...values, ...Array.from({ length: x.length - values.length }, () => null)],
            }
          })}
          xLabel="updates"
          yLabel={measure === 'explained' ? 'variance explained' : 'norm of the gradient'}
          {...(measure === 'explained' ? { yRange: [0, 1.02] as const } : { isLogarithmic: true })}
          label={`Training curves of ${runners.map(({ label }) => label).join(', ')}.`}
        />
      </Figure>
    </div>
  )
}
