'use client'

import { useState } from 'react'
import { Slider } from './controls.js'
import { Figure } from './figure.js'
import styles from './figures.module.css'
import { useTask } from './use-task.js'
import { useVisible } from './use-visible.js'

const gates = [
  { title: 'input gate', sum: 'a_i', symbol: 'i' },
  { title: 'forget gate', sum: 'a_f', symbol: 'f' },
  { title: 'candidate', sum: 'a_g', symbol: 'g' },
  { title: 'output gate', sum: 'a_o', symbol: 'o' },
] as const

/** One unit of an LSTM at one step, with its numbers and its derivatives, all of which the visitor sets or sees. */
export function LstmUnit() {
  const [ref, isVisible] = useVisible<HTMLDivElement>()
  const [sums, setSums] = useState<readonly [number, number, number, number]>([0, 2, 1, 0])
  const [cell, setCell] = useState(0.5)
  const { pictures, error } = useTask('unit', { sums, cell }, isVisible)
  const picture = pictures.at(-1)
  const change = (index: number) => (value: number) =>
    setSums(sums.map((sum, each) => (each === index ? value : sum)) as unknown as typeof sums)
  const slopes = picture?.slopes ?? []
  return (
    <div ref={ref}>
      <Figure
        error={error}
        controls={
          <>
            {gates.map(({ title, symbol }, index) => (
              <Slider
                key={symbol}
                label={`${title}, before σ`.replace('candidate, before σ', 'candidate, before tanh')}
                value={sums[index]!}
                onChange={change(index)}
                min={-5}
                max={5}
                step={0.25}
                shown={sums[index]!.toFixed(2)}
              />
            ))}
            <Slider
              label="old cell"
              value={cell}
              onChange={setCell}
              min={-2}
              max={2}
              step={0.1}
              shown={cell.toFixed(1)}
            />
          </>
        }
        caption="Left, what the step makes of the numbers above. Right, how the new cell and the output answer to a small change of each: the derivative of the step, by the same automatic differentiation that trains it. Close the input gate and open the forget gate: the old cell goes through untouched, and so does its gradient."
      >
        <div className={styles.unit}>
          <dl>
            <div>
              <dt>new cell c</dt>
              <dd>{picture?.c.toFixed(3) ?? '…'}</dd>
            </div>
            <div>
              <dt>output h</dt>
              <dd>{picture?.h.toFixed(3) ?? '…'}</dd>
            </div>
          </dl>
          <table>
            <thead>
              <tr>
                <th scope="col">derivative in</th>
                <th scope="col">of c</th>
                <th scope="col">of h</th>
              </tr>
            </thead>
            <tbody>
              {slopes.map(({ of, c, h }) => (
                <tr key={of}>
                  <th scope="row">{of === 'c' ? 'old cell' : `sum of ${of}`}</th>
                  <Slope value={c} />
                  <Slope value={h} />
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Figure>
    </div>
  )
}

/** A number with a bar as long as it is large. */
const Slope = ({ value }: { readonly value: number }) => (
  <td className={styles.slope}>
    <span style={{ width: `${Math.min(Math.abs(value), 1) * 100}%` }} data-negative={value < 0} />
    {value.toFixed(3)}
  </td>
)
