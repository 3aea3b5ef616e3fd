import { TapeloopError } from '@tapeloop/core'
/** Refuses anything but a whole number of at least `minimum`, in one sentence that names the option. */
export function checkWhole(where: string, name: string, value: number, minimum: number): void {
  if (!Number.isSafeInteger(value) || value < minimum) {
    throw new TapeloopError(
      `${where}: ${name} must be a whole number of at least ${minimum}, but it is ${value}.`,
    )
  }
}

/** Whether `value` is a plain record, as JSON has them. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** How a value found where another was expected is shown in an error: short, and never a whole document. */
export function show(value: unknown): string {
  const text = write(value)
  return text.length > 40 ? `${text.slice(0, 37)}...` : text
}

function write(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    // nested deeper than the stack, or not JSON at all
    return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`
  }
}
