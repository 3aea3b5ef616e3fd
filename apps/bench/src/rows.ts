import type { Benchmark, Measure, Opponent } from './benchmarks/benchmark.js'
import type { Level } from './level.js'
import type { Case } from './protocol.js'

/** One comparison. Times in milliseconds, memory in megabytes; `ratio` above 1 means that ours is better. */
export interface Row {
  readonly benchmark: string
  readonly case: Case
  readonly level: Level
  readonly ours: number
  /** null where there was nobody to compare with */
  readonly peer: Opponent['peer'] | null
  readonly theirs: number | null
  readonly ratio: number | null
}

/** The row of a case; what a benchmark measures besides its first measure is named in the case. */
export function rowOf(
  { name, measures }: Pick<Benchmark, 'name' | 'measures'>,
  measure: Measure,
  level: Level,
  of: Case,
  ours: number,
  opponent: { readonly peer: Opponent['peer']; readonly row?: Case; readonly theirs: number } | null,
): Row {
  return {
    benchmark: name,
    case: { ...of, ...opponent?.row, ...(measures.length > 1 && { measure }) },
    level,
    ours: rounded(ours),
    peer: opponent?.peer ?? null,
    theirs: opponent && rounded(opponent.theirs),
    ratio: opponent && rounded(opponent.theirs / ours),
  }
}

/** Four digits say more than these measurements know. */
const rounded = (value: number) => Number(value.toPrecision(4))

export const jsonLine = (row: Row) => JSON.stringify(row)

/** The row as a line of a table. */
export function textLine(row: Row, measure: Measure, show: Benchmark['show']): string {
  const shown = (value: number) => {
    const unit = measure === 'peak' || measure === 'grown' ? 'MB' : 'ms'
    const said = measure === 'time' && show ? show(value, row.case) : { value, unit }
    return `${readable(said.value)} ${said.unit}`
  }
  const of = Object.entries(row.case).map(([name, value]) =>
    typeof value === 'number' ? `${name} ${value}` : value,
  )
  const ours = [of.join(', ').padEnd(72), row.level.padEnd(9), shown(row.ours).padStart(18)]
  if (row.peer === null || row.theirs === null) return ours.join('  ')
  return [
    ...ours,
    row.peer.padStart(12),
    shown(row.theirs).padStart(18),
    `${row.ratio!.toFixed(2)} ×`.padStart(9),
  ].join('  ')
}

const readable = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3))
