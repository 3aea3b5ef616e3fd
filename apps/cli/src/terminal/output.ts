import stringWidth from 'string-width'

/** Where a command writes, and what can be shown there. */
export interface Output {
  /** Writes text to standard output as it is. */
  write(text: string): void
  /** Writes text to standard error as it is. */
  complain(text: string): void
  /** Whether standard output is a terminal, where lines can be rewritten. */
  readonly isTerminal: boolean
  /** Aborted once standard output takes no more; what is written then goes nowhere. */
  readonly closed: AbortSignal
  /** Width of the terminal. */
  columns(): number
  readonly style: Style
}

/** Emphasis, or the text as it is where there are no colours. */
export type Style = Readonly<Record<keyof typeof codes, (text: string) => string>>

/** The pairs of codes that switch on and off (ECMA-48, select graphic rendition). */
const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const

/** Emphasis by the terminal's codes, or none. */
export function styleFor(hasColours: boolean): Style {
  const entries = Object.entries(codes).map(([name, [on, off]]) => [
    name,
    (text: string) => (hasColours ? `\u001B[${on}m${text}\u001B[${off}m` : text),
  ])
  return Object.fromEntries(entries) as Style
}

/**
 * The process's own output. `NO_COLOR` (no-color.org) and a `dumb` terminal have no colours; where `CI` is set, what looks
 * like a terminal is a file that people read later.
 */
export function processOutput(): Output {
  const { stdout, stderr, env } = process
  const isTerminal = stdout.isTTY === true && env['TERM'] !== 'dumb' && !env['CI']
  const closed = new AbortController()
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    const isFirst = !closed.signal.aborted
    closed.abort()
    // where a reader such as head has gone, that is its right
    if (error.code === 'EPIPE' || !isFirst) return
    const reason = error.code === 'ENOSPC' ? 'the disk is full' : error.message
    stderr.write(`error: Cannot write to standard output: ${reason}; write to another place.\n`)
    process.once('exit', () => (process.exitCode = 1))
  })
  // there is nowhere left to say it
  stderr.on('error', () => undefined)
  return {
    write: (text) => void stdout.write(text),
    complain: (text) => void stderr.write(text),
    isTerminal,
    closed: closed.signal,
    columns: () => stdout.columns || 80,
    style: styleFor(isTerminal && !env['NO_COLOR']),
  }
}

/** What a text takes on the screen: its codes nothing, a Chinese character two columns. */
export const widthOf = (text: string): number => stringWidth(text)

/** A text of a model, safe to show: it cannot move the cursor or ring the bell. */
export function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, '\uFFFD')
}

/** A line as rows of at most `width` columns, broken at spaces where there are any. */
export function wrapped(line: string, width: number): string[] {
  const rows: string[] = []
  let rest = [...line]
  for (let fits = countFitting(rest, width); fits < rest.length; fits = countFitting(rest, width)) {
    const space = rest.lastIndexOf(' ', fits)
    const end = space > 0 ? space : fits
    rows.push(rest.slice(0, end).join(''))
    rest = rest.slice(space > 0 ? end + 1 : end)
  }
  return [...rows, rest.join('')]
}

/** How many characters fit into so many columns; at least one. */
function countFitting(characters: readonly string[], width: number): number {
  let columns = 0
  const over = characters.findIndex((character) => (columns += widthOf(character)) > width)
  return over < 0 ? characters.length : Math.max(1, over)
}
