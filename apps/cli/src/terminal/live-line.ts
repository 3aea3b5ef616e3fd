import stringWidth from 'string-width'
import type { Output } from './output.js'

/** A line at the bottom of the output that is written anew again and again, while other lines pass above it. */
export interface LiveLine {
  /** Shows another line, unless one was shown a moment ago. Too long a line is cut. */
  show(line: () => string): void
  /** Writes lines that stay, above the live one. */
  print(...lines: readonly string[]): void
  /** Removes the line. */
  clear(): void
}

/** Milliseconds between two forms of the line: more often, nobody reads it. */
const shortest = 80

/** Back to the start of the line, and away with all from there on. */
const erase = '\r\u001B[J'

/**
 * Only where the output is a terminal. The cursor waits at the start of the line: where a terminal made narrower breaks the
 * line into several, they all lie after it, and go with it.
 */
export function liveLine(output: Output): LiveLine {
  let current = ''
  let shownAt = -Infinity
  return {
    show(line) {
      if (performance.now() - shownAt < shortest) return
      shownAt = performance.now()
      current = cut(line(), output.columns() - 1)
      output.write(`${erase}${current}\r`)
    },
    print(...lines) {
      const text = lines.map((line) => `${line}\n`).join('')
      if (current === '') return output.write(text)
      current = cut(current, output.columns() - 1)
      return output.write(`${erase}${text}${current}\r`)
    },
    clear() {
      if (current !== '') output.write(erase)
      current = ''
      shownAt = -Infinity
    },
  }
}

/** The beginning of a line that fits; a line with emphasis is cut without its codes. */
function cut(line: string, columns: number): string {
  if (stringWidth(line) <= columns) return line
  let text = ''
  // eslint-disable-next-line no-control-regex
  for (const character of line.replaceAll(/\u001B\[\d+m/g, '')) {
    if (stringWidth(text + character) > columns) break
    text += character
  }
  return text
}

/** A part of a line, and how much it is worth where not all of them fit. */
export interface Part {
  readonly worth: number
  readonly text: string
}

/** Parts with two spaces between them, as many as fit: those that are worth least are left out. */
export function fitted(parts: readonly Part[], columns: number): string {
  const present = parts.filter(({ text }) => text !== '')
  const line = present.map(({ text }) => text).join('  ')
  if (present.length <= 1 || stringWidth(line) <= columns) return line
  const least = Math.min(...present.map(({ worth }) => worth))
  return fitted(
    present.filter(({ worth }) => worth !== least),
    columns,
  )
}

/** A bar that fills: `━━━━━━━╸───`. */
export function bar(fraction: number, width: number): readonly [filled: string, rest: string] {
  const halves = Math.round(Math.min(Math.max(fraction, 0), 1) * width * 2)
  const filled = '━'.repeat(Math.floor(halves / 2)) + (halves % 2 === 1 ? '╸' : '')
  return [filled, '─'.repeat(width - filled.length)]
}

const levels = '▁▂▃▄▅▆▇█'

/** Numbers as columns of different heights: `▇▅▃▂▁▁`. */
export function sparkline(values: readonly number[]): string {
  const finite = values.filter((value) => Number.isFinite(value))
  const [low, high] = [Math.min(...finite), Math.max(...finite)]
  const level = (value: number) =>
    high === low ? 0 : Math.round(((value - low) / (high - low)) * (levels.length - 1))
  return finite.map((value) => levels[level(value)]).join('')
}
