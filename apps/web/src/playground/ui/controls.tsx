'use client'

import { useId, useState, type ButtonHTMLAttributes, type CSSProperties, type ReactNode } from 'react'
import { numberWithin, type Bounds } from '../engine/address.js'
import styles from './controls.module.css'

export { styles as controls }

/** A button; the primary one is what a page is for. */
export function Button({
  kind = 'button',
  ...props
}: { readonly kind?: 'button' | 'primary' | 'quiet' } & ButtonHTMLAttributes<HTMLButtonElement>) {
  const look = kind === 'primary' ? `${styles.button} ${styles.primary}` : styles[kind]
  return <button type="button" className={look} {...props} />
}

/** What is given, below what it is called. */
export function Field({
  label,
  children,
}: {
  readonly label: ReactNode
  /** takes the id that the label is for */
  readonly children: (id: string) => ReactNode
}) {
  const id = useId()
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {children(id)}
    </div>
  )
}

/** A choice among names. */
export function Choice({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string
  readonly value: string
  readonly options: readonly (readonly [value: string, title: string])[]
  readonly onChange: (value: string) => void
}) {
  return (
    <Field label={label}>
      {(id) => (
        <select
          id={id}
          className={styles.input}
          value={value}
          onChange={({ target }) => onChange(target.value)}
        >
          {options.map(([name, title]) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

/** A number that is typed; what cannot be right stays there with a sentence, and changes nothing. */
export function NumberField({
  label,
  value,
  min,
  max,
  isWhole,
  onChange,
}: {
  readonly label: string
  readonly value: number
  readonly onChange: (value: number) => void
} & Bounds) {
  /** what is typed, as long as it is typed in */
  const [draft, setDraft] = useState<string | null>(null)
  const isRight = (text: string) => numberWithin({ min, max, isWhole }, text) !== null
  const isWrong = draft !== null && !isRight(draft)
  return (
    <Field label={label}>
      {(id) => (
        <>
          <input
            id={id}
            className={styles.input}
            inputMode={isWhole ? 'numeric' : 'decimal'}
            value={draft ?? String(value)}
            aria-invalid={isWrong}
            aria-describedby={isWrong ? `${id}-problem` : undefined}
            onChange={({ target }) => {
              setDraft(target.value)
              if (isRight(target.value)) onChange(Number(target.value))
            }}
            onBlur={() => setDraft(null)}
          />
          {isWrong && (
            <span id={`${id}-problem`} className={styles.problem} role="alert">
              {label} must be {isWhole ? 'a whole number' : 'a number'} from {min} to {max}.
            </span>
          )}
        </>
      )}
    </Field>
  )
}

/** A dial. */
export function Dial({
  label,
  value,
  min,
  max,
  step = 1,
  onChange,
}: {
  readonly label: ReactNode
  readonly value: number
  readonly min: number
  readonly max: number
  readonly step?: number
  readonly onChange: (value: number) => void
}) {
  return (
    <Field label={label}>
      {(id) => (
        <input
          id={id}
          type="range"
          className={styles.range}
          {...{ value, min, max, step }}
          onChange={({ target }) => onChange(Number(target.value))}
        />
      )}
    </Field>
  )
}

/** Something that is on or off. */
export function Chip({
  color,
  ...props
}: { readonly color?: string } & ButtonHTMLAttributes<HTMLButtonElement>) {
  const { children, ...rest } = props
  return (
    <button
      type="button"
      className={styles.chip}
      style={color === undefined ? undefined : ({ '--color': color } as CSSProperties)}
      {...rest}
    >
      {color !== undefined && <span className={styles.dot} aria-hidden />}
      {children}
    </button>
  )
}
