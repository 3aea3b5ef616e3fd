'use client'

import { useId } from 'react'
import styles from './figures.module.css'

/** A number to be moved between two others. */
export function Slider({
  label,
  value,
  onChange,
  min,
  max,
  step = 1,
  shown = String(value),
}: {
  readonly label: string
  readonly value: number
  readonly onChange: (value: number) => void
  readonly min: number
  readonly max: number
  readonly step?: number
  /** the value as it is written */
  readonly shown?: string
}) {
  const id = useId()
  return (
    <div className={styles.control}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-valuetext={shown}
        onChange={(event) => onChange(Number(event.target.value))}
      />
      <output htmlFor={id}>{shown}</output>
    </div>
  )
}

/** One of several. */
export function Choice({
  label,
  value,
  onChange,
  choices,
}: {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly choices: readonly (readonly [value: string, title: string])[]
}) {
  const id = useId()
  return (
    <div className={styles.control}>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
        {choices.map(([value, title]) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
    </div>
  )
}

/** Does something. */
export const Action = ({
  children,
  onClick,
}: {
  readonly children: string
  readonly onClick: () => void
}) => (
  <button type="button" className={styles.action} onClick={onClick}>
    {children}
  </button>
)
