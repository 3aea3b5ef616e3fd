'use client'

import { memo, useState } from 'react'
import type { Reading } from '../engine/text/text.js'
import { Chip, controls, Dial } from '../ui/controls.js'
import pages from '../ui/page.module.css'
import styles from './text.module.css'

/** How a character is shown that would not be seen. */
const visible = (character: string): string =>
  character === ' ' ? '␣' : character === '\n' ? '⏎' : character === '\t' ? '⇥' : character

/** A piece of text, coloured by one unit, with what the network expects after each character. */
export function ReadingPanel({ reading }: { readonly reading: Reading }) {
  const { active, units, next, text } = reading
  const [chosen, setChosen] = useState<number | null>(null)
  const [at, setAt] = useState(40)
  const unit = chosen !== null && chosen < units ? chosen : active[0]!
  const characters = [...text]
  const place = Math.min(at, characters.length - 1)
  return (
    <>
      <section className={pages.panel}>
        <h3 className={pages.panelTitle}>What unit {unit} sees</h3>
        <Text {...{ reading, unit, place }} onPoint={setAt} />
        <p className={pages.note}>
          The end of the text, which is not learned from: orange where the unit is positive, blue where it is
          negative.
        </p>
        <div className={styles.units}>
          <div className={controls.chips} role="group" aria-label="Units whose values vary most">
            {active.slice(0, 6).map((index) => (
              <Chip key={index} aria-pressed={index === unit} onClick={() => setChosen(index)}>
                {index}
              </Chip>
            ))}
          </div>
          <Dial
            label={
              <>
                Unit <output>{unit}</output> of {units}
              </>
            }
            min={0}
            max={units - 1}
            value={unit}
            onChange={setChosen}
          />
        </div>
      </section>
      <section className={pages.panel}>
        <h3 className={pages.panelTitle}>
          What may follow{' '}
          <q>
            {characters
              .slice(Math.max(0, place - 14), place + 1)
              .map(visible)
              .join('')}
          </q>
        </h3>
        <ol className={styles.next}>
          {next[place]!.map(([character, probability]) => (
            <li key={character}>
              <code>{visible(character)}</code>
              <span className={styles.bar} style={{ width: `${100 * probability}%` }} aria-hidden />
              <span>{(100 * probability).toFixed(probability < 0.1 ? 1 : 0)} %</span>
            </li>
          ))}
        </ol>
        <Dial
          label="Character; pointing at the text moves it, too"
          min={0}
          max={characters.length - 1}
          value={place}
          onChange={setAt}
        />
      </section>
    </>
  )
}

/** The text itself, painted anew only where reading or unit have changed. */
const Text = memo(function Text({
  reading: { text, values, units },
  unit,
  place,
  onPoint,
}: {
  readonly reading: Reading
  readonly unit: number
  readonly place: number
  readonly onPoint: (index: number) => void
}) {
  const characters = [...text]
  const column = characters.map((_, i) => values[i * units + unit]!)
  const most = Math.max(1e-6, ...column.map(Math.abs))
  return (
    <p
      className={styles.reading}
      onPointerMove={({ target }) => {
        const index = (target as HTMLElement).dataset['i']
        if (index !== undefined) onPoint(Number(index))
      }}
    >
      {characters.map((character, i) => {
        const value = column[i]! / most
        const color = value > 0 ? 'var(--series-1)' : 'var(--series-2)'
        const share = Math.round(60 * Math.abs(value))
        return (
          <span
            key={i}
            data-i={i}
            data-at={i === place ? '' : undefined}
            style={{ background: `color-mix(in srgb, ${color} ${share}%, transparent)` }}
          >
            {character}
          </span>
        )
      })}
    </p>
  )
})
