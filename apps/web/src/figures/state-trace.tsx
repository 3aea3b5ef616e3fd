'use client'

import { useState } from 'react'
import { Choice } from './controls.js'
import { Figure } from './figure.js'
import styles from './figures.module.css'
import { HeatMap } from './heat-map.js'
import { useTask } from './use-task.js'
import { useVisible } from './use-visible.js'

const longest = 48
const cells = [
  ['rnn', 'RNN'],
  ['lstm', 'LSTM'],
  ['gru', 'GRU'],
] as const

/** What the units of an untrained cell hold after each character of a text that the visitor types. */
export function StateTrace() {
  const [ref, isVisible] = useVisible<HTMLDivElement>()
  const [text, setText] = useState('the cat that the dogs chased was tired')
  const [cell, setCell] = useState('rnn')
  const settings = { cell, hiddenSize: 16, text: text || ' ', seed: 4 }
  const { pictures, error } = useTask('states', settings, isVisible)
  const states = pictures.at(-1) ?? []
  const units = states[0]?.map((_, unit) => states.map((state) => (state[unit]! + 1) / 2)) ?? []
  return (
    <div ref={ref}>
      <Figure
        error={error}
        controls={
          <>
            <Choice label="Cell" value={cell} onChange={setCell} choices={cells} />
            <label className={styles.text}>
              A text to read
              <input value={text} maxLength={longest} onChange={(event) => setText(event.target.value)} />
            </label>
          </>
        }
        caption="A column for each character, a row for each of 16 units; the fainter, the nearer to −1; the stronger, the nearer to +1. Change the first letter: every column after it changes, for each state is a function of the whole text so far. In an untrained RNN the change dies out towards the right."
      >
        <HeatMap
          rows={units}
          className={styles.trace}
          label={`States of 16 units over ${text.length} characters.`}
        />
        <div className={styles.letters} aria-hidden="true">
          {Array.from(text, (character, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- a character is its place
            <span key={index}>{character}</span>
          ))}
        </div>
      </Figure>
    </div>
  )
}
