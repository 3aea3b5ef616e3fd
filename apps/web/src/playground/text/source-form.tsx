'use client'

import { useState } from 'react'
import { textFields, type TextSettings } from '../engine/text/config.js'
import { sampleTexts } from '../engine/text/samples.js'
import { Choice, controls, Field, NumberField } from '../ui/controls.js'
import { cellNames, optimizerNames } from '../ui/names.js'
import { ownText, type Source } from './use-text.js'
import styles from './text.module.css'

/** The text to learn: a sample, what is pasted, or a file that is dropped. */
export function SourceForm({
  source,
  onPick,
  onGive,
  onTake,
}: {
  readonly source: Source
  readonly onPick: (sample: string) => void
  readonly onGive: (text: string, title: string) => void
  readonly onTake: (file: File) => void
}) {
  const [isOver, setOver] = useState(false)
  const samples = Object.values(sampleTexts).map(({ name, title }) => [name, title] as const)
  return (
    <div className={styles.source}>
      <div className={styles.pick}>
        <Choice
          label="Text to learn"
          value={source.name}
          options={[...samples, [ownText, source.name === ownText ? source.title : 'Your own text']]}
          onChange={(name) => (name === ownText ? onGive('', 'Your own text') : onPick(name))}
        />
        <p className={controls.label}>
          {sampleTexts[source.name]?.about ?? 'Paste it, or drop a file on the field.'}{' '}
          {source.text !== null && `${source.text.length.toLocaleString('en')} characters.`}
        </p>
      </div>
      <Field label="Paste or type another text here, or drop a file">
        {(id) => (
          <textarea
            id={id}
            className={styles.preview}
            data-over={isOver}
            spellCheck={false}
            // all of a long text would make typing slow
            value={source.name === ownText ? (source.text ?? '') : (source.text ?? 'Fetching…').slice(0, 600)}
            onChange={({ target }) => onGive(target.value, 'Your own text')}
            onDragOver={(event) => {
              event.preventDefault()
              setOver(true)
            }}
            onDragLeave={() => setOver(false)}
            onDrop={(event) => {
              event.preventDefault()
              setOver(false)
              const [file] = event.dataTransfer.files
              if (file) onTake(file)
              else onGive(event.dataTransfer.getData('text/plain'), 'Your own text')
            }}
          />
        )}
      </Field>
    </div>
  )
}

/** Everything that can be chosen of the network and its training. */
export function SettingsForm({
  settings,
  onChange,
}: {
  readonly settings: TextSettings
  readonly onChange: (settings: TextSettings) => void
}) {
  const set = (changed: Partial<TextSettings>) => onChange({ ...settings, ...changed })
  const numbers = [
    ['hidden', 'Units'],
    ['layers', 'Layers'],
    ['steps', 'Steps'],
    ['lr', 'Learning rate'],
    ['seqLength', 'Characters back'],
    ['batchSize', 'Places a step'],
    ['clip', 'Gradient bound (0: none)'],
    ['seed', 'Seed'],
  ] as const
  const field = ([name, label]: (typeof numbers)[number]) => (
    <NumberField
      key={name}
      label={label}
      {...textFields[name]}
      value={settings[name]}
      onChange={(value) => set({ [name]: value })}
    />
  )
  return (
    <>
      <div className={styles.settings}>
        <Choice label="Cell" value={settings.cell} options={cellNames} onChange={(cell) => set({ cell })} />
        {numbers.slice(0, 3).map(field)}
      </div>
      <details className={controls.details}>
        <summary>Everything else: optimizer, learning rate, batches, seed…</summary>
        <div className={styles.settings}>
          {numbers.slice(3).map(field)}
          <Choice
            label="Optimizer"
            value={settings.optimizer}
            options={optimizerNames}
            onChange={(optimizer) => set({ optimizer })}
          />
          <Choice
            label="The learning rate"
            value={settings.schedule}
            options={[
              ['cosine', 'falls to a tenth'],
              ['constant', 'stays'],
            ]}
            onChange={(schedule) => set({ schedule: schedule as TextSettings['schedule'] })}
          />
        </div>
      </details>
    </>
  )
}
