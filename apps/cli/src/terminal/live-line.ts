import { widthOf, type Output } from './output.js'

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

/** Only where the output is a terminal. */
export function liveLine(output: Output): LiveLine {
  let current = ''
  let shownAt = -Infinity
  const erase = '\r\u001B[K'
  const draw = () => output.write(erase + cut(current, output.columns() - 1))
  return {
    show(line) {
      if (performance.now() - shownAt < shortest) return
      current = line()
      shownAt = performance.now()
      draw()
    },
    print(...lines) {
      output.write(erase + lines.map((line) => `${line}\n`).join(''))
      if (current !== '') draw()
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
  if (widthOf(line) <= columns) return line
  // eslint-disable-next-line no-control-regex
  return [...line.replaceAll(/\u001B\[\d+m/g, '')].slice(0, columns).join('')
}

/** A bar that fills: `━━━━━━━╸───`. */
export function bar(fraction: number, width: number): readonly [filled: string, rest: string] {
  const halves = Math.round(Math.min(Math.max(fraction, 0), 1) * width * 2)
  const filled = '━'.repeat(Math.floor(halves / 2)) + (halves % 2 === 1 ? '╸' : '')
  return [filled, '─'.repeat(width - filled.length)]
}
