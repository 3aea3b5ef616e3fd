/** The benchmark's side of a measured process. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Reply, Request } from './protocol.js'

/** How a process is started. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
  /** over the environment of this process */
  readonly env?: Readonly<Record<string, string>>
}

/** A running process that answers one request at a time. */
export interface Subject {
  /** @throws where the process ends before it answers, with the last it said */
  ask(request: Request): Promise<Reply>
  /** Ends the process; resolves when it has ended. */
  close(): Promise<void>
}

/** Starts a process that speaks `protocol.ts`. Lines of its stdout that are no JSON objects are left out. */
export function startSubject({ file, args, env = {} }: Command): Subject {
  const child = spawn(file, args, { stdio: 'pipe', env: { ...process.env, ...env } })
  let said = ''
  let ended: Error | null = null
  let pending: { resolve(reply: Reply): void; reject(error: Error): void } | null = null
  const end = (why: string) => {
    ended ??= new Error(lastLine(said) ?? why)
    pending?.reject(ended)
  }
  child.stderr.on('data', (text: Buffer) => (said = `${said}${text}`.slice(-4000)))
  child.stdin.on('error', () => {}) // it ended; `close` below says so
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('{')) pending?.resolve(JSON.parse(line))
  })
  const closed = new Promise<void>((resolve) => {
    child.on('error', (error) => {
      end(error.message)
      resolve()
    })
    child.on('close', (code, signal) => {
      end(`it ended with ${signal ?? `code ${code}`}`)
      resolve()
    })
  })
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended)
        pending = { resolve, reject }
        child.stdin.write(`${JSON.stringify(request)}\n`)
      }),
    async close() {
      child.stdin.end()
      const stubborn = setTimeout(() => child.kill(), 3000)
      await closed
      clearTimeout(stubborn)
    },
  }
}

function lastLine(text: string): string | undefined {
  return text
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => line !== '')
}
