import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A training in a process of its own. */
export interface Training {
  /** what it tells, one event after another, until the process is over */
  readonly events: AsyncIterable<TrainingEvent>
  /** Has it save and end. */
  stop(): void
  /** how the process ended, and what it complained of */
  readonly ended: Promise<{ readonly code: number | null; readonly complaint: string }>
}

/** Of the events of `train --json`, what a sweep reads. */
export interface TrainingEvent {
  readonly type: string
  readonly step?: number
  /** of `validation`: how good the model is, in the unit of its task */
  readonly bitsPerCharacter?: number
  readonly nats?: number
  readonly loss?: number
  readonly message?: string
}

/** This program, as a process can be started from it: compiled, or from its sources. */
const main = fileURLToPath(
  new URL(`../main${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
)
const loader = main.endsWith('.ts') ? ['--import', import.meta.resolve('tsx')] : []

/** Starts `train` with these arguments. It ends on its own where this process does, for then nobody reads its events. */
export function startTraining(args: readonly string[]): Training {
  const child = spawn(process.execPath, [...loader, main, 'train', ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // a Ctrl-C of the terminal is for the sweep, which passes it on
    detached: process.platform !== 'win32',
  })
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
  const ended = new Promise<{ code: number | null; complaint: string }>((resolve) => {
    child.on('error', (error) => resolve({ code: null, complaint: error.message }))
    child.on('close', (code) => resolve({ code, complaint: complaint.trim() }))
  })
  return { events: eventsOf(child.stdout), stop: () => void child.kill('SIGINT'), ended }
}

async function* eventsOf(stdout: NodeJS.ReadableStream): AsyncGenerator<TrainingEvent> {
  for await (const line of createInterface({ input: stdout, crlfDelay: Infinity })) {
    if (line.startsWith('{')) yield JSON.parse(line) as TrainingEvent
  }
}
