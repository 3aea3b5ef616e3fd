'use client'

import { useState } from 'react'
import { Slider } from './controls.js'
import { Figure } from './figure.js'
import styles from './figures.module.css'
import { LineChart, type Line } from './line-chart.js'
import { useTask } from './use-task.js'
import { useVisible } from './use-visible.js'

const offered = ['rnn', 'lstm', 'gru', 'peephole-lstm', 'mgu', 'irnn', 'min-gru', 'ind-rnn']

/** The gradient on its way back through untrained cells, the visitor's choice of them. */
export function CompareFlow({ chosen = ['rnn', 'lstm', 'gru'] }: { readonly chosen?: readonly string[] }) {
  const [ref, isVisible] = useVisible<HTMLDivElement>()
  const [length, setLength] = useState(60)
  const [isOn, setOn] = useState<ReadonlySet<string>>(new Set(chosen))
  const toggle = (cell: string) =>
    setOn(new Set(isOn.has(cell) ? [...isOn].filter((each) => each !== cell) : [...isOn, cell]))
  const settings = { cells: offered.filter((cell) => isOn.has(cell)), hiddenSize: 32, length, seed: 1 }
  const { pictures, error } = useTask('flows', settings, isVisible)
  const lines: Line[] = Object.entries(pictures.at(-1) ?? {}).map(([label, values]) => ({
    label,
    values,
    color: offered.indexOf(label),
  }))
  return (
    <div ref={ref}>
      <Figure
        error={error}
        controls={
          <>
            <fieldset className={styles.checks}>
              <legend>Cells</legend>
              {offered.map((cell) => (
                <label key={cell}>
                  <input type="checkbox" checked={isOn.has(cell)} onChange={() => toggle(cell)} />
                  {cell}
                </label>
              ))}
            </fieldset>
            <Slider label="Time steps" value={length} onChange={setLength} min={10} max={200} step={10} />
          </>
        }
        caption="The gradient of the last output in the state t steps before the end, at 32 units, before any training; 1 is what it is in the last state. The scale is logarithmic: a straight line that falls is a gradient that vanishes at a constant rate."
      >
        <LineChart
          x={stepsBack(lines[0]?.values.length ?? 0)}
          lines={lines.map((line) => ({ ...line, values: line.values.toReversed() }))}
          xLabel="steps before the end"
          yLabel="gradient norm"
          isLogarithmic
          label={`Gradient norms over ${length} steps back in time for ${settings.cells.join(', ')}.`}
        />
      </Figure>
    </div>
  )
}

export const stepsBack = (length: number): number[] => Array.from({ length }, (_, t) => t)
