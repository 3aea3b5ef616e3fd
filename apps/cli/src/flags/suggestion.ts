/** What to add to a sentence about an unknown name: the one that was probably meant, where there is one. */
export function suggestion(given: string, names: readonly string[]): string {
  const meant = closest(given, names)
  return meant === undefined ? '' : ` (did you mean ${meant}?)`
}

/** The name that was probably meant: one that begins so, or the one with the fewest edits, where these are few. */
export function closest(given: string, names: readonly string[]): string | undefined {
  const longer = names.find((name) => given.length > 2 && name.startsWith(given.toLowerCase()))
  if (longer !== undefined) return longer
  const limit = Math.max(1, Math.floor(given.length / 2))
  const ranked = names
    .map((name) => ({ name, distance: editDistance(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .toSorted((a, b) => a.distance - b.distance)
  return ranked[0]?.name
}

/** Insertions, deletions, replacements and swaps of neighbours between two words (Damerau 1964, restricted). */
export function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1]
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(
        Math.min(
          rows[i - 1]![j]! + 1,
          row[j - 1]! + 1,
          rows[i - 1]![j - 1]! + (isSame ? 0 : 1),
          isSwapped ? rows[i - 2]![j - 2]! + 1 : Infinity,
        ),
      )
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}
