'use client'

import { useState } from 'react'
import { temperatures } from '../engine/text/temperatures.js'
import { presets } from '../presets.js'
import { Button, Chip, controls } from '../ui/controls.js'
import { Curves } from '../ui/curves.js'
import pages from '../ui/page.module.css'
import { ContinueForm } from './continue-form.js'
import { ReadingPanel } from './reading-panel.js'
import { SettingsForm, SourceForm } from './source-form.js'
import styles from './text.module.css'
import { stepOf, useText } from './use-text.js'

const textPresets = presets.filter(({ page }) => page === 'text')
/** So much of the text is the first primer. */
const primerLength = 12
/** Points of a curve. */
const mostPoints = 240

/** A network learns a text, character by character: its loss, what it writes, and what its units look for. */
export function TextPage() {
  const text = useText()
  const { session, view, settings, source } = text
  const { status, opened, step, losses, validations, samples, readings } = view
  const [chosen, setChosen] = useState<number | null>(null)
  const total = opened?.config.steps ?? settings.steps
  const at = chosen === null || chosen >= step ? null : chosen
  const atStep = <Seen extends { readonly step: number }>(all: readonly Seen[]) =>
    at === null ? all.at(-1) : (all.findLast((seen) => seen.step <= at) ?? all[0])
  const [shown, reading] = [atStep(samples), atStep(readings)]
  const isRunning = status === 'running' || status === 'starting'

  return (
    <main id="content" className={pages.page}>
      <header className={pages.head}>
        <h1>Text</h1>
        <p className={pages.lead}>
          A network reads a text and guesses each next character. Watch it learn to spell, look into its
          units, and let it go on from your words.
        </p>
      </header>

      <nav className={pages.presets} aria-label="Presets">
        <ul className={controls.chips}>
          {textPresets.map(({ title, teaches, query }) => (
            <li key={title}>
              <Chip title={teaches} onClick={() => window.location.assign(`?${query}`)}>
                {title}
              </Chip>
            </li>
          ))}
        </ul>
      </nav>

      <SourceForm
        source={source}
        onPick={text.pick}
        onGive={text.give}
        onTake={(file) => void text.take(file)}
      />
      <SettingsForm settings={settings} onChange={text.change} />

      <div className={pages.transport}>
        {isRunning ? (
          <Button kind="primary" disabled={status === 'starting'} onClick={() => session.pause()}>
            {status === 'starting' ? 'Compiling…' : 'Pause'}
          </Button>
        ) : (
          <Button
            kind="primary"
            disabled={status === 'over' || (status !== 'paused' && !source.text)}
            onClick={() => (status === 'paused' ? session.resume() : text.train())}
          >
            {status === 'paused' ? 'Go on' : 'Train'}
          </Button>
        )}
        <Button
          disabled={status === 'new' || !source.text}
          onClick={() => {
            setChosen(null)
            text.train()
          }}
        >
          Start over
        </Button>
        {status === 'new' && text.saved !== null && (
          <Button kind="quiet" onClick={text.resumeSaved}>
            Open the last run (step {stepOf(text.saved)})
          </Button>
        )}
        <Button kind="quiet" disabled={view.files === null} onClick={() => void text.download()}>
          Download the run
        </Button>
        <label className={`${controls.quiet} ${styles.file}`}>
          Open a run (zip)
          <input
            type="file"
            accept=".zip"
            onChange={({ target }) => {
              const [file] = target.files ?? []
              if (file) void text.take(file)
              target.value = ''
            }}
          />
        </label>
        <div className={pages.scrub}>
          <label className={pages.stepNumber} htmlFor="scrub">
            Step {at ?? step} of {total}
          </label>
          <input
            id="scrub"
            type="range"
            className={controls.range}
            min={0}
            max={Math.max(step, 1)}
            value={at ?? step}
            disabled={step === 0}
            onChange={({ target }) => setChosen(Number(target.value))}
          />
          <Button kind="quiet" disabled={at === null} onClick={() => setChosen(null)}>
            Now
          </Button>
        </div>
        <p className={pages.status}>
          {view.backend === null
            ? 'Everything is computed in this tab; your text is sent nowhere. A downloaded run opens in the command line, too.'
            : `${view.backend.name}, ${view.backend.threads === 1 ? 'one thread' : `${view.backend.threads} threads`}, in a worker of this tab${
                view.speed === null
                  ? ''
                  : `; ${Math.round(view.speed).toLocaleString('en')} characters a second`
              }${opened === null ? '' : `; ${opened.parameters.toLocaleString('en')} parameters`}`}
        </p>
      </div>

      {(text.problem ?? view.message) !== null && (
        <p className={pages.problem} role="alert">
          {text.problem ?? view.message}
        </p>
      )}

      <div className={pages.stage}>
        <div className={pages.over}>
          {opened === null ? (
            <p className={pages.empty}>
              {status === 'starting'
                ? 'Counting the text, compiling the network…'
                : 'Press Train: the first words come within seconds.'}
            </p>
          ) : (
            <>
              <div>
                <h2 className={pages.chartTitle}>
                  Bits a character <small>less is better; dashed on text that is not learned from</small>
                </h2>
                <Curves
                  label={`Bits a character over the training; now ${bits(losses.at(-1))}. Counting gives ${opened.baselines
                    .map(({ order, bitsPerCharacter }) => `${bitsPerCharacter.toFixed(2)} for order ${order}`)
                    .join(', ')}.`}
                  {...curves(losses, validations)}
                  end={total}
                  at={at}
                  marks={opened.baselines
                    .filter(({ order }) => order !== 4)
                    .map(({ order, bitsPerCharacter }) => ({
                      value: bitsPerCharacter,
                      label: order === 1 ? 'counting letters' : `counting ${order} in a row`,
                    }))}
                  height={280}
                />
              </div>
              <section className={pages.panel}>
                <h2 className={pages.panelTitle}>What it writes{shown && `, at step ${shown.step}`}</h2>
                {shown ? (
                  <ul className={styles.sampleList}>
                    {shown.texts.map((sample, i) => (
                      <li key={temperatures[i]}>
                        <span className={styles.temperature}>
                          temperature {temperatures[i]}
                          {i === 0 && ', careful'}
                          {i === temperatures.length - 1 && ', bold'}
                        </span>
                        <p className={styles.drawn}>{sample}</p>
                      </li>
                    ))}
                  </ul>
                ) : (
                  <p className={pages.note}>The first sample comes after some steps.</p>
                )}
              </section>
              <ContinueForm
                session={session}
                continued={view.continued}
                usual={(readings[0]?.text ?? '').slice(0, primerLength)}
              />
            </>
          )}
        </div>
        {reading && (
          <div className={pages.inside}>
            <h2>Inside, at step {reading.step}</h2>
            <ReadingPanel reading={reading} />
          </div>
        )}
      </div>
    </main>
  )
}

const toBits = (nats: number): number => nats / Math.LN2
const bits = (nats: number | undefined): string => (nats === undefined ? 'unknown' : toBits(nats).toFixed(2))

/** The losses as a curve of not too many points, each a mean, and the validations beside them. */
function curves(
  losses: readonly number[],
  validations: readonly { readonly step: number; readonly loss: number }[],
) {
  const every = Math.max(1, Math.ceil(losses.length / mostPoints))
  const means = new Map<number, number>()
  for (let from = 0; from < losses.length; from += every) {
    const part = losses.slice(from, from + every)
    means.set(from + part.length, toBits(part.reduce((sum, loss) => sum + loss, 0) / part.length))
  }
  const measured = new Map(validations.map(({ step, loss }) => [step, toBits(loss)]))
  const steps = [...new Set([...means.keys(), ...measured.keys()])].toSorted((a, b) => a - b)
  const valuesOf = (values: ReadonlyMap<number, number>) => steps.map((step) => values.get(step) ?? null)
  return {
    steps,
    curves: [
      { label: 'learned from', color: 0, isJoined: true, values: valuesOf(means) },
      { label: 'not learned from', color: 1, isJoined: true, dashed: true, values: valuesOf(measured) },
    ],
  }
}
