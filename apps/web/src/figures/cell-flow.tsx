'use client'

import { useState } from 'react'
import { stepsBack } from './compare-flow.js'
import { Slider } from './controls.js'
import { Figure } from './figure.js'
import { LineChart } from './line-chart.js'
import { useTask } from './use-task.js'
import { useVisible } from './use-visible.js'

/** The gradient on its way back through one untrained cell, beside that of an RNN and an LSTM. */
export function CellFlow({ cell }: { readonly cell: string }) {
  const [ref, isVisible] = useVisible<HTMLDivElement>()
  const [length, setLength] = useState(50)
  const cells = [...new Set([cell, 'rnn', 'lstm'])]
  const { pictures, error } = useTask('flows', { cells, hiddenSize: 32, length, seed: 1 }, isVisible)
  const latest = Object.entries(pictures.at(-1) ?? {})
  return (
    <div ref={ref}>
      <Figure
        error={error}
        controls={
          <Slider label="Time steps" value={length} onChange={setLength} min={10} max={200} step={10} />
        }
        caption="The gradient of the last output in the state t steps before, with 32 untrained units; 1 is what it is in the last state. Computed here, now."
      >
        <LineChart
          x={stepsBack(latest[0]?.[1].length ?? 0)}
          lines={latest.map(([label, values]) => ({
            label,
            values: values.toReversed(),
            color: cells.indexOf(label),
          }))}
          xLabel="steps before the end"
          yLabel="gradient norm"
          isLogarithmic
          label={`Gradient norms over ${length} steps back in time for ${cells.join(', ')}.`}
        />
      </Figure>
    </div>
  )
}
