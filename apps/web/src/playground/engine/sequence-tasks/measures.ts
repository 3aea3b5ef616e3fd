import type { TaskString } from './strings.js'

/** What a network says of a string: `[time][outputs]`, probabilities or numbers. */
type Said = readonly ArrayLike<number>[]

/** How well a network does, in a number. */
export interface Measure {
  readonly title: string
  /** what the number says, in a sentence's end */
  readonly about: string
  /** a level worth knowing */
  readonly mark?: { readonly value: number; readonly label: string }
  readonly isLog: boolean
  /** the scale's ends, where they are known */
  readonly range?: readonly [low: number, high: number]
  print(value: number): string
  /** Whether a network knows the task, by its number and the lag of its training. */
  isSolved(value: number, lag: number): boolean
  /** The number, of what is said of every test string. */
  of(strings: readonly TaskString[], said: readonly Said[]): number
}

/** Whether all that is right is likelier than all that is not. */
export function isRight(right: readonly number[], said: ArrayLike<number>): boolean {
  const [least, most] = [1, 0].map((wanted) => {
    const values = right.flatMap((is, i) => (is === wanted ? [said[i]!] : []))
    return wanted === 1 ? Math.min(...values) : Math.max(-Infinity, ...values)
  }) as [number, number]
  return least > most
}

/** The fraction of strings at whose every time the symbols that may come are likelier than all others. */
export const shareRight: Measure = {
  title: 'Strings without a mistake',
  about: 'of strings it was not trained on; a mistake is a wrong symbol likelier than one that may come',
  isLog: false,
  range: [0, 1],
  print: (value) => `${Math.round(100 * value)} %`,
  isSolved: (value) => value >= 0.99,
  of: (strings, said) =>
    strings.filter(({ right }, row) => right.every((now, t) => isRight(now, said[row]![t]!))).length /
    strings.length,
}

/** The longest of strings, one after another from the shortest, up to which all are exact: each symbol on its side of ½. */
export const longestExact: Measure = {
  title: 'Longest n it counts to',
  about: 'every symbol that may come above ½, every other below, in all strings up to this n',
  isLog: false,
  print: (value) => `n = ${value}`,
  isSolved: (value, lag) => value >= lag,
  of(strings, said) {
    const wrong = strings.findIndex(({ right }, row) =>
      right.some((now, t) => now.some((is, i) => (said[row]![t]![i]! > 0.5 ? 1 : 0) !== is)),
    )
    return wrong < 0 ? strings.length : wrong
  },
}

/** The mean square error of the numbers that are asked for, against that of a network without memory. */
export const errorOf = (baseline: number): Measure => ({
  title: 'Squared error of the sum',
  about: 'on sequences it was not trained on',
  mark: { value: baseline, label: 'without memory' },
  isLog: true,
  print: (value) => value.toPrecision(2),
  isSolved: (value) => value < baseline / 20,
  of(strings, said) {
    const errors = strings.flatMap(({ right, asked }, row) =>
      right.flatMap((now, t) => (asked[t] ? [(said[row]![t]![0]! - now[0]!) ** 2] : [])),
    )
    return errors.reduce((sum, error) => sum + error, 0) / errors.length
  },
})
