'use client'

import { stepOf } from '../engine/run-files.js'
import type { TextSettings } from '../engine/text/config.js'
import { temperatures } from '../engine/text/temperatures.js'
import { Button } from '../ui/controls.js'
import { FileButton } from '../ui/files.js'
import { Curves } from '../ui/curves.js'
import pages from '../ui/page.module.css'
import { PlaygroundPage, Problem } from '../ui/playground-page.js'
import { RunBar } from '../ui/run-bar.js'
import { useSeek } from '../ui/use-seek.js'
import { ContinueForm } from './continue-form.js'
import { ReadingPanel } from './reading-panel.js'
import { SettingsForm, SourceForm } from './source-form.js'
import styles from './text.module.css'
import { useText } from './use-text.js'

/** So much of the text is the first primer. */
const primerLength = 12
/** Points of a curve. */
const mostPoints = 240

/** A network learns a text, character by character: its loss, what it writes, and what its units look for. */
export function TextPage() {
  const text = useText()
  const { session, view, settings, source } = text
  const { status, opened, step, losses, validations, samples, readings } = view
  const total = opened?.config.steps ?? settings.steps
  const seek = useSeek(step)
  const { at } = seek
  const atStep = <Seen extends { readonly step: number }>(all: readonly Seen[]) =>
    at === null ? all.at(-1) : (all.findLast((seen) => seen.step <= at) ?? all[0])
  const [shown, reading] = [atStep(samples), atStep(readings)]

  return (
    <PlaygroundPage
      page="text"
      title="Text"
      lead={
        'A network reads a text and guesses each next character. Watch it learn to spell, look into its units, and ' +
        'let it go on from your words.'
      }
      isShown={text.isShown}
      onPreset={(query) => {
        seek.seek(null)
        text.show(query)
      }}
    >
      <SourceForm
        source={source}
        onPick={text.pick}
        onGive={text.give}
        onTake={(file) => void text.take(file)}
      />
      <SettingsForm settings={settings} onChange={text.change} />

      <RunBar
        {...{ view, step, total, seek }}
        canStart={Boolean(source.text) || status === 'paused'}
        onStart={() => (status === 'paused' ? session.resume() : text.train())}
        onPause={() => session.pause()}
        onRestart={text.train}
        kept={text.saved && { name: 'run', step: stepOf(text.saved), open: text.resumeSaved }}
        promise="Everything is computed in this tab; your text is sent nowhere. A downloaded run opens in the command line, too."
        facts={[
          ...(view.speed === null || opened === null
            ? []
            : [
                `${Math.round(view.speed * charactersOf(opened.config)).toLocaleString('en')} characters a second`,
              ]),
          ...(opened === null ? [] : [`${opened.parameters.toLocaleString('en')} parameters`]),
        ]}
      >
        <Button kind="quiet" disabled={view.files === null} onClick={() => void text.download()}>
          Download the run
        </Button>
        <FileButton accept=".zip" onTake={(file) => void text.take(file)}>
          Open a run (zip)
        </FileButton>
      </RunBar>
      <Problem message={text.problem ?? view.message} />

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
    </PlaygroundPage>
  )
}

/** How many characters a step learns from. */
const charactersOf = ({ seqLength, batchSize }: TextSettings): number => seqLength * batchSize

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
