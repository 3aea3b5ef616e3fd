import type { Style } from './output.js'

/** A curve in a chart. */
export interface Curve {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

/** How large a chart is, and how its axes read. */
export interface ChartOptions {
  /** characters across, labels included */
  readonly columns: number
  readonly rows: number
  readonly style: Style
  /** how a value is written */
  readonly format: (value: number) => string
}

/** Marks and colours, both different for each curve, so that the chart reads without colours too. */
const marks = ['●', '▲', '■', '◆', '+', '×', '○', '△', '□', '◇']
const tints = ['cyan', 'yellow', 'green', 'red'] as const

/** Curves in one chart of text, the largest values on top, their names below. Values that are not finite are left out. */
export function chart(curves: readonly Curve[], { columns, rows, style, format }: ChartOptions): string[] {
  const finite = curves.flatMap(({ points }) => points.filter((point) => point.every(Number.isFinite)))
  if (finite.length === 0) return []
  const [left, right] = extent(finite.map(([x]) => x))
  const [low, high] = extent(finite.map(([, y]) => y))
  const labels = Array.from({ length: rows }, (_, row) => format(high - ((high - low) * row) / (rows - 1)))
  const gutter = Math.max(...labels.map((label) => label.length))
  const across = Math.max(8, columns - gutter - 2)
  const grid = Array.from({ length: rows }, () => Array.from({ length: across }, () => ' '))
  const markOf = (index: number) => style[tints[index % tints.length]!](marks[index % marks.length]!)
  curves.forEach(({ points }, index) => {
    for (const [x, y] of points) {
      if (!Number.isFinite(x) || !Number.isFinite(y)) continue
      const column = Math.round(part(x, left, right) * (across - 1))
      const row = Math.round((1 - part(y, low, high)) * (rows - 1))
      grid[row]![column] = markOf(index)
    }
  })
  return [
    ...grid.map((row, i) => `${style.dim(`${labels[i]!.padStart(gutter)} ┤`)}${row.join('').trimEnd()}`),
    style.dim(`${' '.repeat(gutter)} └${'─'.repeat(across)}`),
    curves.map(({ name }, i) => `${markOf(i)} ${name}`).join('   '),
  ]
}

function extent(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)]
}

/** Where a value lies between two others: 0 to 1. */
function part(value: number, low: number, high: number): number {
  return high === low ? 0.5 : (value - low) / (high - low)
}
