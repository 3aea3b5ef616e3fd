'use client'

import { useState } from 'react'
import type { TextSession, TextView } from '../engine/text/session.js'
import { Button, controls, Dial, Field } from '../ui/controls.js'
import { Problem } from '../ui/playground-page.js'
import pages from '../ui/page.module.css'
import styles from './text.module.css'

const length = 400

/** A primer, and how the network goes on from it. */
export function ContinueForm({
  session,
  continued,
  usual,
}: {
  readonly session: TextSession
  readonly continued: TextView['continued']
  /** the primer, until another is typed */
  readonly usual: string
}) {
  const [typed, setPrimer] = useState<string | null>(null)
  const primer = typed ?? usual
  const [asked, setAsked] = useState('')
  const [temperature, setTemperature] = useState(0.7)
  return (
    <section className={pages.panel}>
      <h2 className={pages.panelTitle}>Begin, and let it go on</h2>
      <form
        className={styles.primer}
        onSubmit={(event) => {
          event.preventDefault()
          setAsked(primer)
          session.continue({ id: continued.id + 1, primer, temperature, length })
        }}
      >
        <Field label="Your beginning">
          {(id) => (
            <input
              id={id}
              className={controls.input}
              value={primer}
              onChange={({ target }) => setPrimer(target.value)}
            />
          )}
        </Field>
        <Dial
          label={
            <>
              Temperature <output>{temperature.toFixed(1)}</output>
            </>
          }
          min={0}
          max={1.5}
          step={0.1}
          value={temperature}
          onChange={setTemperature}
        />
        <Button type="submit" disabled={!continued.isOver}>
          Continue
        </Button>
      </form>
      <Problem message={continued.problem} />
      {(continued.text !== '' || !continued.isOver) && (
        <p className={styles.continued} aria-live="polite" aria-busy={!continued.isOver}>
          <b>{asked}</b>
          {continued.text}
        </p>
      )}
    </section>
  )
}
