'use client'

import { useEffect, useState } from 'react'
import type { Look } from '../engine/sequence-tasks/look.js'
import { isRight } from '../engine/sequence-tasks/measures.js'
import type { SequenceObservation } from '../engine/sequence-tasks/observe.js'
import type { TaskString } from '../engine/sequence-tasks/strings.js'
import type { SequenceTask } from '../engine/sequence-tasks/task.js'
import { seriesColor } from '../../design/palette.js'
import { Button, Choice, Dial } from '../ui/controls.js'
import styles from './sequence.module.css'

/** What a network says at the chosen step of its training. */
export interface Speaker {
  readonly id: string
  readonly color: number
  readonly observation: SequenceObservation
}

/** A string is read aloud this fast, in milliseconds a symbol. */
const pace = 550

/** Chooses a string, and how far it is read. */
export function StringStepper({
  strings,
  look,
  onChange,
}: {
  readonly strings: readonly TaskString[]
  readonly look: Look
  readonly onChange: (look: Look) => void
}) {
  const { read } = strings[look.string]!
  const time = Math.min(look.time, read.length - 1)
  const [isReading, setReading] = useState(false)
  useEffect(() => {
    if (!isReading) return
    if (time >= read.length - 1) return setReading(false)
    const timer = setTimeout(() => onChange({ ...look, time: time + 1 }), pace)
    return () => clearTimeout(timer)
  }, [isReading, look, time, read, onChange])
  const text = read.join(read.every(({ length }) => length === 1) ? '' : ' ')
  return (
    <>
      <Choice
        label="String"
        value={String(look.string)}
        options={strings.map(({ read }, i) => {
          const whole = read.join(read.every(({ length }) => length === 1) ? '' : ' ')
          return [String(i), whole.length > 34 ? `${whole.slice(0, 33)}…` : whole] as const
        })}
        onChange={(string) => onChange({ ...look, string: Number(string), time: 0 })}
      />
      <p className={styles.string} aria-hidden>
        {read.map((symbol, t) => (
          <span
            key={t}
            data-read={t <= time}
            data-at={t === time}
            onPointerDown={() => onChange({ ...look, time: t })}
          >
            {symbol}
          </span>
        ))}
      </p>
      <div className={styles.stepper}>
        <Dial
          label={
            <>
              Read up to symbol <output>{time + 1}</output> of {read.length}
            </>
          }
          min={1}
          max={read.length}
          value={time + 1}
          onChange={(count) => onChange({ ...look, time: count - 1 })}
        />
        <Button
          onClick={() => {
            if (!isReading && time >= read.length - 1) onChange({ ...look, time: 0 })
            setReading(!isReading)
          }}
        >
          {isReading ? 'Stop' : 'Read it'}
          <span className={styles.hidden}> {text}</span>
        </Button>
      </div>
    </>
  )
}

/** What may come next by the automaton, and what each network says may. */
export function Predictions({
  task,
  strings,
  look,
  speakers,
}: {
  readonly task: SequenceTask
  readonly strings: readonly TaskString[]
  readonly look: Look
  readonly speakers: readonly Speaker[]
}) {
  const string = strings[look.string]!
  const time = Math.min(look.time, string.read.length - 1)
  const right = string.right[time]!
  const from = strings.slice(0, look.string).reduce((sum, { x }) => sum + x.length, 0) + time
  const said = speakers.map(({ observation }) =>
    observation.said.subarray(from * task.outputs, (from + 1) * task.outputs),
  )
  const isNumber = task.answer === 'number'
  return (
    <table className={styles.predictions}>
      <caption>{task.asks.question}</caption>
      <thead>
        <tr>
          <th scope="col">{isNumber ? task.asks.right : 'said'}</th>
          {speakers.map(({ id, color }) => (
            <th key={id} scope="col">
              <i style={{ background: seriesColor(color) }} aria-hidden />
              {id}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {task.symbols.map((symbol, i) => (
          <tr key={symbol} data-may={isNumber || right[i] === 1}>
            <th scope="row">
              {isNumber ? right[i]!.toFixed(2) : symbol}
              {!isNumber && <span className={styles.may}>{right[i] === 1 ? task.asks.right : ''}</span>}
            </th>
            {said.map((values, speaker) => (
              <td key={speakers[speaker]!.id}>
                {isNumber ? (
                  values[i]!.toFixed(2)
                ) : (
                  <>
                    <span
                      className={styles.bar}
                      style={{
                        width: `${100 * values[i]!}%`,
                        background: seriesColor(speakers[speaker]!.color),
                      }}
                      aria-hidden
                    />
                    {Math.round(100 * values[i]!)} %
                  </>
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
      {!isNumber && (
        <tfoot>
          <tr>
            <th scope="row">in all</th>
            {said.map((values, speaker) => (
              <td key={speakers[speaker]!.id}>{isRight(right, values) ? 'right' : 'wrong'}</td>
            ))}
          </tr>
        </tfoot>
      )}
    </table>
  )
}
