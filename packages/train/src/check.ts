import { refuse } from '@tapeloop/core'

/** Refuses anything but a whole number of at least `minimum`, in one sentence that names the option. */
export function checkWhole(where: string, name: string, value: number, minimum: number): void {
  if (!Number.isSafeInteger(value) || value < minimum) {
    refuse(where, `${name} is ${value}; it must be a whole number of at least ${minimum}`)
  }
}

/** Refuses anything but a finite number of at least `minimum`, and below `below` where that is given. */
export function checkNumber(
  where: string,
  name: string,
  value: number,
  { minimum = -Infinity, below = Infinity }: { minimum?: number; below?: number } = {},
): void {
  if (Number.isFinite(value) && value >= minimum && value < below) return
  const lower = minimum > -Infinity ? ` of at least ${minimum}` : ''
  const upper = below < Infinity ? ` below ${below}` : ''
  refuse(
    where,
    `${name} is ${value}; it must be a finite number${[lower, upper].filter(Boolean).join(' and')}`,
  )
}

/** Whether `value` is a plain record, as JSON has them. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** How a value found where another was expected is shown in an error: short, and never a whole document. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 40 ? `${text.slice(0, 37)}...` : text
}
