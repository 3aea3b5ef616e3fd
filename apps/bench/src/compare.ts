import type { Benchmark, Measure, Opponent } from './benchmarks/benchmark.js'
import { inTurn, type Entrant, type Pace, type Result } from './in-turn.js'
import type { Level } from './level.js'
import type { Participants, Say } from './participants.js'
import type { Case } from './protocol.js'
import { rowOf, type Row } from './rows.js'

/** An opponent, and who runs for it against ours of a level (of every level, where there is none). */
interface Pair {
  readonly opponent: Opponent
  readonly level: Level | null
  readonly entrant: Entrant
}

/** Whom ours is compared with, and how long. */
export interface Contest extends Pace {
  readonly levels: readonly Level[]
  readonly isWanted: (opponent: Opponent) => boolean
  readonly participants: Participants
  /** hears who is missing, and why */
  readonly say: Say
}

/** Measures a case at all levels against its opponents, and gives its rows with what each is about. */
export async function compare(
  benchmark: Benchmark,
  of: Case,
  { levels, isWanted, participants, say, ...pace }: Contest,
): Promise<readonly { readonly row: Row; readonly measure: Measure }[]> {
  const { workload, measures } = benchmark
  const own = levels.map((level): Entrant => {
    const command = participants.ours(level)
    return { name: `tapeloop ${level}`, command, workload, case: of, level }
  })
  const pairs = benchmark
    .opponents(of)
    .filter(isWanted)
    .flatMap((opponent) => pairsOf(opponent, own, participants))
  const measured = await inTurn([...own, ...pairs.map(({ entrant }) => entrant)], measures, pace)
  const results = new Map([...measured].map(([entrant, result]) => [entrant, honest(entrant, result)]))
  for (const [{ name, case: its }, result] of results) {
    if ('missing' in result) say(`${name} did not run ${Object.values(its).join(' ')}: ${result.missing}`)
    else say(`${name}: ${result.program}`)
  }
  return own.flatMap((entrant) => {
    const ours = results.get(entrant)!
    if ('missing' in ours) return []
    const against = pairs.filter(({ level }) => level === null || level === entrant.level)
    return measures.flatMap((measure) => {
      const theirs = against.flatMap(({ opponent, entrant }) => {
        const result = results.get(entrant)!
        if ('missing' in result) return []
        return [{ ...opponent, theirs: result.values[measure] * (opponent.scale ?? 1) }]
      })
      return (theirs.length > 0 ? theirs : [null]).map((opponent) => ({
        row: rowOf(benchmark, measure, entrant.level, of, ours.values[measure], opponent),
        measure,
      }))
    })
  })
}

/** A step that does not lower the loss is no training step, however fast. */
function honest({ workload }: Entrant, result: Result): Result {
  if ('missing' in result || workload !== 'step') return result
  const [first, last] = result.results
  return last >= first ? { missing: `its loss went from ${first} to ${last}` } : result
}

/** A peer runs once for all our levels; the peak, and ourselves on another case, once for each. */
function pairsOf(opponent: Opponent, own: readonly Entrant[], participants: Participants): Pair[] {
  const { peer, case: of } = opponent
  if (peer === 'tapeloop') {
    return own.map((entrant) => ({ opponent, level: entrant.level, entrant: { ...entrant, case: of } }))
  }
  if (peer === 'peak') {
    return own.map((entrant) => {
      const limit: Entrant = { ...entrant, name: `peak ${entrant.level}`, workload: 'peak', case: of }
      return { opponent, level: entrant.level, entrant: limit }
    })
  }
  const command = participants.peer(peer, Number(of['threads'] ?? 1))
  if (command === null) return []
  return own.slice(0, 1).map((entrant) => {
    return { opponent, level: null, entrant: { ...entrant, name: peer, command, case: of } }
  })
}
