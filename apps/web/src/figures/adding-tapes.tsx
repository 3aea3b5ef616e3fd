'use client'

import { useState } from 'react'
import { Action, Slider } from './controls.js'
import { Figure } from './figure.js'
import styles from './figures.module.css'
import { HeatMap } from './heat-map.js'
import { useTask } from './use-task.js'
import { useVisible } from './use-visible.js'

const steps = 600
const every = 10

/** As many units as give each about 4,300 parameters. */
const contenders = [
  { cell: 'rnn', title: 'RNN', hiddenSize: 64 },
  { cell: 'lstm', title: 'LSTM', hiddenSize: 31 },
] as const

/**
 * Two networks learn to add two marked numbers of a sequence, here and now. A picture of each: how much the loss at the
 * end depends on the state at each earlier step, a row for every few updates.
 */
export function AddingTapes() {
  const [ref, isVisible] = useVisible<HTMLDivElement>()
  const [length, setLength] = useState(40)
  const [seed, setSeed] = useState(1)
  return (
    <div ref={ref}>
      <Figure
        controls={
          <>
            <Slider label="Sequence length" value={length} onChange={setLength} min={10} max={80} step={5} />
            <Action onClick={() => setSeed(seed + 1)}>Other numbers</Action>
          </>
        }
        caption={
          <>
            Each row is one moment of training, each column a time step. Where there is colour, the gradient
            arrives; where there is none, it has vanished: a hundred-thousandth of what leaves the loss, or
            less. Two networks with about 4,300 parameters each, trained in your browser, just now.
          </>
        }
      >
        <div className={styles.tapes}>
          {contenders.map((contender) => (
            <Tape key={contender.cell} {...contender} length={length} seed={seed} isOn={isVisible} />
          ))}
        </div>
      </Figure>
    </div>
  )
}

function Tape({
  title,
  cell,
  hiddenSize,
  length,
  seed,
  isOn,
}: {
  readonly title: string
  readonly cell: string
  readonly hiddenSize: number
  readonly length: number
  readonly seed: number
  readonly isOn: boolean
}) {
  const settings = { cell, hiddenSize, length, seed, learningRate: 0.01, steps, every }
  const { pictures, error } = useTask('adding', settings, isOn)
  const latest = pictures.at(-1)
  const remembered = latest ? `${Math.round(100 * latest.explained)}%` : '…'
  return (
    <div className={styles.tape} data-cell={cell}>
      <header className={styles.tapeHead}>
        <strong>{title}</strong>
        <p>
          <b data-testid="remembered">{remembered}</b> remembered
        </p>
      </header>
      {error === undefined ? (
        <HeatMap
          className={styles.tapeMap}
          rows={pictures.map(({ flow }) => flow.map(warmth))}
          height={steps / every + 1}
          label={`Gradient of the loss in the state of the ${title} at each time step, over training: ${remembered} of the variance explained.`}
        />
      ) : (
        <p role="alert">{error}</p>
      )}
      <footer className={styles.tapeFoot}>
        <span>first number</span>
        <span>{latest ? `update ${latest.step}` : ''}</span>
        <span>answer</span>
      </footer>
    </div>
  )
}

/** Five powers of ten, from nothing to as much as leaves the loss. */
const warmth = (flow: number) => 1 + Math.log10(Math.max(flow, 1e-12)) / 5
