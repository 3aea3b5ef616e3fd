'use client'

import { useState } from 'react'
import { stepsBack } from './compare-flow.js'
import { Slider } from './controls.js'
import { Figure } from './figure.js'
import { LineChart } from './line-chart.js'
import { useTask } from './use-task.js'
import { useVisible } from './use-visible.js'

const length = 100

/** How long a cell state lasts, by the bias that its forget gate starts with. */
export function ForgetGate() {
  const [ref, isVisible] = useVisible<HTMLDivElement>()
  const [bias, setBias] = useState(1)
  const settings = {
    cell: 'lstm',
    options: { forgetBias: bias },
    entry: 'c',
    hiddenSize: 32,
    length,
    seed: 3,
  }
  const { pictures, error } = useTask('flow', settings, isVisible)
  const values = (pictures.at(-1) ?? []).toReversed()
  const halfLife = values.findIndex((value) => value < 0.5)
  return (
    <div ref={ref}>
      <Figure
        error={error}
        controls={
          <Slider
            label="Initial bias of the forget gate"
            value={bias}
            onChange={setBias}
            min={-2}
            max={6}
            step={0.5}
            shown={bias.toFixed(1)}
          />
        }
        caption={
          halfLife > 0
            ? `With a bias of ${bias.toFixed(1)} half of the gradient in the cell state is gone after ${halfLife} ${halfLife === 1 ? 'step' : 'steps'}.`
            : `With a bias of ${bias.toFixed(1)} more than half of the gradient in the cell state is left after ${length} steps.`
        }
      >
        <LineChart
          x={stepsBack(values.length)}
          lines={[{ label: 'gradient in c', values }]}
          xLabel="steps before the end"
          yLabel="gradient norm"
          yRange={[0, 1.2]}
          label={`Gradient norm in the cell state over ${length} steps back for a forget bias of ${bias}.`}
        />
      </Figure>
    </div>
  )
}
