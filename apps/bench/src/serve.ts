/** The side of the measured process: builds a workload, runs it when told, and answers with times. */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Case, Memory, Reply, Request, WorkloadName } from './protocol.js'

/** A program ready to be measured. */
export interface Workload {
  /** what runs: package, version, variant */
  readonly program: string
  /** Does the work once. The number it returns (a loss, a token) shows that it was done. */
  run(): number | Promise<number>
  /** what the time of the last run is multiplied by; 1 unless said */
  readonly scale?: number
}

/** Builds the program of a case, without compiling it; or says in a few words why there is none. */
export type Build = (
  workload: WorkloadName,
  of: Case,
  level: string,
) => Workload | string | Promise<Workload | string>

/** Answers requests on stdin until it ends, and ends the process. */
export async function serve(build: Build): Promise<never> {
  console.log = console.error // libraries greet; stdout is for answers
  const answer = answering(build)
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`)
  }
  process.exit(0) // workers of libraries would keep it alive
}

/** What a process answers, one request after the other. */
export function answering(build: Build): (request: Request) => Promise<Reply> {
  let workload: Workload | undefined
  let before = 0
  const timed = async () => {
    const start = performance.now()
    const value = await workload!.run()
    const milliseconds = (performance.now() - start) * (workload!.scale ?? 1)
    if (!Number.isFinite(value)) throw new Error(`the result is ${value}`)
    return { milliseconds, value }
  }
  const reply = async (request: Request): Promise<Reply> => {
    if (request.do === 'memory') return { memory: memory(before) }
    if (request.do === 'measure') {
      const samples: number[] = []
      let result = NaN
      const end = performance.now() + request.seconds * 1000
      while (samples.length < request.least || performance.now() < end) {
        const { milliseconds, value } = await timed()
        samples.push(milliseconds)
        result = value
      }
      return { samples, result }
    }
    before = residentMegabytes()
    const built = await build(request.workload, request.case, request.level)
    if (typeof built === 'string') return { cannot: built }
    workload = built
    const { milliseconds, value } = await timed()
    return { opened: { program: built.program, first: milliseconds, result: value } }
  }
  return async (request) => {
    try {
      return await reply(request)
    } catch (error) {
      return { failed: error instanceof Error ? error.message : String(error) }
    }
  }
}

/**
 * Linux says it itself; elsewhere the system's accounting does. On Linux that one would count the memory of the process
 * that started this one, too.
 */
function memory(before: number): Memory {
  const peak = fromLinux('VmHWM') ?? (process.resourceUsage().maxRSS * 1024) / 1e6
  return { peak, grown: peak - before }
}

function residentMegabytes(): number {
  return fromLinux('VmRSS') ?? process.memoryUsage.rss() / 1e6
}

function fromLinux(field: string): number | null {
  if (process.platform !== 'linux') return null
  const [, kilobytes] =
    new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return kilobytes === undefined ? null : (Number(kilobytes) * 1024) / 1e6
}
