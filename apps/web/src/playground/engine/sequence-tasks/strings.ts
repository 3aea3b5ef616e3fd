import type { Automaton } from './automaton.js'

/** A sequence, time by time: what is read, what is right after it, and the state of the automaton. */
export interface TaskString {
  /** what is read, as it is shown */
  readonly read: readonly string[]
  /** the same as numbers of the input features, `[time][inputs]` */
  readonly x: readonly (readonly number[])[]
  /** for each output what is right: 1 or 0, or the number itself, `[time][outputs]` */
  readonly right: readonly (readonly number[])[]
  /** what the loss asks for: a number, the place of a symbol, or the same as `right` */
  readonly y: readonly (number | readonly number[])[]
  /** whether the loss asks, a time */
  readonly asked: readonly boolean[]
  /** the state of the automaton after each time */
  readonly nodes: readonly number[]
  /** what should be remembered after each time, as a number; null where nothing should */
  readonly probed: readonly (number | null)[]
}

/** One for the named symbols, none for the others. */
export const oneOf = (symbols: readonly string[], named: readonly string[]): number[] =>
  symbols.map((symbol) => (named.includes(symbol) ? 1 : 0))

/**
 * A random way through an automaton, of at most so many symbols: longer ones are thrown away. Every symbol that may come is
 * equally likely. All but the last are read, and after each the next is asked for.
 */
export function walk(
  { edges }: Automaton,
  symbols: readonly string[],
  longest: number,
  random: () => number,
): Omit<TaskString, 'probed'> {
  for (;;) {
    const way = [0]
    const read: string[] = []
    const right: number[][] = []
    for (let at = 0; ;) {
      const next = edges.filter(({ from }) => from === at)
      if (next.length === 0) break
      right.push(
        oneOf(
          symbols,
          next.map(({ symbol }) => symbol),
        ),
      )
      const taken = next[Math.floor(random() * next.length)]!
      read.push(taken.symbol)
      way.push((at = taken.to))
    }
    if (read.length <= longest) {
      return {
        read: read.slice(0, -1),
        x: read.slice(0, -1).map((symbol) => oneOf(symbols, [symbol])),
        right: right.slice(1),
        y: read.slice(1).map((symbol) => symbols.indexOf(symbol)),
        asked: read.slice(1).map(() => true),
        nodes: way.slice(1, -1),
      }
    }
  }
}
