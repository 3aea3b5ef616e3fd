/** Runs everyone in turn, so that a noisy machine is as noisy for each. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Measure } from './benchmarks/benchmark.js'
import type { Level } from './level.js'
import type { Case, Request, WorkloadName } from './protocol.js'
import { median } from './statistics.js'
import { startSubject, type Command, type Subject } from './subject.js'

/** How long is measured. */
export interface Pace {
  readonly rounds: number
  /** how long each is measured in a round */
  readonly seconds: number
}

/** One who is measured: a process, and what it is to run. */
export interface Entrant {
  readonly name: string
  readonly command: Command
  readonly workload: WorkloadName
  readonly case: Case
  readonly level: Level
}

/** For each measure the median, what it was that ran, and what its first and last run gave; or why there is none. */
export type Result =
  | {
      readonly values: Readonly<Record<Measure, number>>
      readonly program: string
      readonly results: readonly [first: number, last: number]
    }
  | { readonly missing: string }

/** Threads of a process may spin for a moment after its turn. */
const pauseMilliseconds = 50

/**
 * Measures everyone, in rounds: each in a process of its own that waits while the others run. The first call of a process
 * can be measured once, so for `first` each round starts new ones.
 */
export async function inTurn(
  entrants: readonly Entrant[],
  measures: readonly Measure[],
  { rounds, seconds }: Pace,
): Promise<ReadonlyMap<Entrant, Result>> {
  const taking = entrants.map((entrant) => ({
    entrant,
    subject: null as Subject | null,
    samples: { time: [], first: [], peak: [], grown: [] } as Record<Measure, number[]>,
    program: '',
    results: [NaN, NaN] as [number, number],
    missing: null as string | null,
  }))
  type Taking = (typeof taking)[number]

  /** Asks everyone still there, one after the other; who fails is out. */
  const everyone = async (
    request: (entrant: Entrant) => Request,
    keep: (one: Taking, reply: Good) => void,
  ) => {
    for (const one of taking.filter(({ missing }) => missing === null)) {
      try {
        one.subject ??= startSubject(one.entrant.command)
        keep(one, await ask(one.subject, request(one.entrant)))
      } catch (error) {
        one.missing = error instanceof Error ? error.message : String(error)
      }
      await sleep(pauseMilliseconds)
    }
  }
  const open = () =>
    everyone(
      ({ workload, case: of, level }) => ({ do: 'open', workload, case: of, level }),
      (one, reply) => {
        if (!('opened' in reply)) return
        one.program = reply.opened.program
        one.results = [reply.opened.result, NaN]
        one.samples.first.push(reply.opened.first)
      },
    )
  const run = (request: Request & { readonly do: 'measure' }) =>
    everyone(
      () => request,
      ({ samples, results }, reply) => {
        if (!('samples' in reply)) return
        samples.time.push(...reply.samples)
        results[1] = reply.result
      },
    )
  const close = async () => {
    await Promise.all(taking.map(({ subject }) => subject?.close()))
    for (const one of taking) one.subject = null
  }

  try {
    await open()
    if (measures.includes('time')) {
      await run({ do: 'measure', seconds, least: 2 })
      for (const { samples } of taking) samples.time.length = 0 // that was to warm up
      for (let round = 0; round < rounds; round++) await run({ do: 'measure', seconds, least: 1 })
    }
    if (measures.includes('peak') || measures.includes('grown')) {
      await run({ do: 'measure', seconds: 0, least: 2 })
      await everyone(
        () => ({ do: 'memory' }),
        ({ samples }, reply) => {
          if (!('memory' in reply)) return
          samples.peak.push(reply.memory.peak)
          samples.grown.push(reply.memory.grown)
        },
      )
    }
    for (let round = 1; measures.includes('first') && round < rounds; round++) {
      await close()
      await open()
    }
  } finally {
    await close()
  }
  return new Map(
    taking.map(
      ({ entrant, samples: { time, first, peak, grown }, program, results, missing }): [Entrant, Result] => {
        if (missing !== null) return [entrant, { missing }]
        const values = { time: median(time), first: median(first), peak: median(peak), grown: median(grown) }
        return [entrant, { values, program, results }]
      },
    ),
  )
}

type Good = Exclude<Awaited<ReturnType<Subject['ask']>>, { cannot: string } | { failed: string }>

async function ask(subject: Subject, request: Request): Promise<Good> {
  const reply = await subject.ask(request)
  if ('cannot' in reply) throw new Error(reply.cannot)
  if ('failed' in reply) throw new Error(reply.failed)
  return reply
}
