'use client'

import { useState } from 'react'
import { Choice, Slider } from './controls.js'
import { Figure } from './figure.js'
import { LineChart } from './line-chart.js'
import { stepsBack } from './compare-flow.js'
import { useTask } from './use-task.js'
import { useVisible } from './use-visible.js'

const length = 60

/** What becomes of a gradient when every singular value of R is the same number: it vanishes, lasts or explodes. */
export function RadiusFlow() {
  const [ref, isVisible] = useVisible<HTMLDivElement>()
  const [radius, setRadius] = useState(0.9)
  const [activation, setActivation] = useState('tanh')
  const settings = { cell: 'rnn', options: { activation }, hiddenSize: 32, length, radius, seed: 2 }
  const { pictures, error } = useTask('flow', settings, isVisible)
  const values = pictures.at(-1) ?? []
  const rate = values.length > 0 ? (values[0]! / values.at(-1)!) ** (1 / (values.length - 1)) : 1
  return (
    <div ref={ref}>
      <Figure
        error={error}
        controls={
          <>
            <Slider
              label="Singular values of R"
              value={radius}
              onChange={setRadius}
              min={0.5}
              max={1.8}
              step={0.05}
              shown={radius.toFixed(2)}
            />
            <Choice
              label="φ"
              value={activation}
              onChange={setActivation}
              choices={[
                ['tanh', 'tanh'],
                ['relu', 'ReLU'],
              ]}
            />
          </>
        }
        caption={`Per step the gradient is multiplied by about ${rate.toFixed(3)}; after ${length} steps ${power(values[0] ?? 1)} of it is left.`}
      >
        <LineChart
          x={stepsBack(values.length)}
          lines={[{ label: `R scaled to ${radius.toFixed(2)}`, values: values.toReversed() }]}
          xLabel="steps before the end"
          yLabel="gradient norm"
          yRange={[1e-12, 1e12]}
          isLogarithmic
          label={`Gradient norm over ${length} steps back; each step multiplies it by about ${rate.toFixed(2)}.`}
        />
      </Figure>
    </div>
  )
}

const power = (value: number) => (value > 0.01 && value < 100 ? value.toPrecision(2) : value.toExponential(0))
