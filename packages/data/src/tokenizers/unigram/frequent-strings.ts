import { pairTable } from '../subwords/pair-table.js'

/** A piece as code points, and how often it comes. */
export type WeightedPiece = readonly [codePoints: Int32Array, count: number]

/** A string of code points that comes more than once. */
export interface FrequentString {
  readonly codePoints: Int32Array
  readonly count: number
}

/**
 * The strings of 2 to `longest` code points that come at least twice in the pieces, but those that never come without
 * the same neighbour, for the longer string says it all.
 *
 * They are found length by length: a string of n code points is frequent only if both of its parts of n - 1 are, and these
 * have numbers, so that a string is a pair of numbers and no text is cut out before the end.
 */
export function frequentStrings(pieces: readonly WeightedPiece[], longest: number): FrequentString[] {
  const result: FrequentString[] = []
  /** for each piece and place the number of the string that begins there; -1 where it is not frequent */
  let numbers = pieces.map(([codePoints]) => codePoints)
  let last: { readonly string: FrequentString; isMaximal: boolean }[] = []
  for (let length = 2; length <= longest; length++) {
    const counts = countPairs(pieces, numbers)
    const strings: typeof last = []
    const found = pairTable()
    numbers = pieces.map(([codePoints], p) => {
      const before = numbers[p]!
      const own = new Int32Array(Math.max(0, before.length - 1)).fill(-1)
      for (let i = 0; i < own.length; i++) {
        const [left, right] = [before[i]!, before[i + 1]!]
        const count = left < 0 || right < 0 ? 0 : counts(left, right)
        if (count < 2) continue
        own[i] = found.get(left, right)
        if (own[i]! >= 0) continue
        for (const part of [last[left], last[right]]) {
          if (length > 2 && part!.string.count === count) part!.isMaximal = false
        }
        const string = { codePoints: codePoints.subarray(i, i + length), count }
        own[i] = strings.push({ string, isMaximal: true }) - 1
        found.set(left, right, own[i]!)
      }
      return own
    })
    for (const { string, isMaximal } of last) if (isMaximal) result.push(string)
    last = strings
    if (strings.length === 0) break
  }
  for (const { string } of last) result.push(string)
  return result
}

/** How often numbers that follow one another come. */
function countPairs(pieces: readonly WeightedPiece[], numbers: readonly Int32Array[]) {
  const table = pairTable(1 << 16)
  const counts: number[] = []
  pieces.forEach(([, weight], p) => {
    const own = numbers[p]!
    for (let i = 0; i + 1 < own.length; i++) {
      const [left, right] = [own[i]!, own[i + 1]!]
      if (left < 0 || right < 0) continue
      const known = table.get(left, right)
      if (known < 0) table.set(left, right, counts.push(weight) - 1)
      else counts[known]! += weight
    }
  })
  return (left: number, right: number): number => counts[table.get(left, right)] ?? 0
}
