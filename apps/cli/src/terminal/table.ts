import { widthOf, type Style } from './output.js'

/** How a table looks. */
export interface TableOptions {
  /** columns of numbers, which end at the same place */
  readonly alignRight?: readonly number[]
  readonly style: Style
}

/** Rows under a heading, in columns as wide as they need be. */
export function table(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  { alignRight = [], style }: TableOptions,
): string[] {
  const all = [heading, ...rows]
  const widths = heading.map((_, column) => Math.max(...all.map((row) => widthOf(row[column] ?? ''))))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const space = ' '.repeat(widths[column]! - widthOf(cell))
        return alignRight.includes(column) ? space + cell : cell + space
      })
      .join('  ')
      .trimEnd()
  return [style.dim(line(heading)), ...rows.map(line)]
}
