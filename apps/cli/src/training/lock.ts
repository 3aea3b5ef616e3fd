import { readFileSync } from 'node:fs'
import { link, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { TapeloopError } from '@tapeloop/core'

/** The file in a run's folder that says who trains in it. */
export const lockFile = 'lock'

/** Who holds a lock. */
interface Holder {
  readonly pid: number
  readonly host: string
  /** when the process was started, as its system counts: a number that comes again soon is another process's */
  readonly started: string
}

/** The folders that this process holds. */
const held = new Set<string>()

/**
 * Takes a folder for this process, so that no two train in it. What a process left behind that is no more is taken over.
 *
 * @returns what gives it back
 * @throws one sentence where another process has it
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, lockFile)
  const own: Holder = { pid: process.pid, host: hostname(), started: startOf(process.pid) }
  // a second time, where a lock was left behind
  for (const isLast of [false, true]) {
    if (await put(path, own)) {
      held.add(path)
      return async () => {
        held.delete(path)
        await unlink(path).catch(() => undefined)
      }
    }
    const text = await readFile(path, 'utf8').catch(() => '')
    const holder = parse(text)
    if (isLast || isAlive(holder, path)) return refuse(folder, holder)
    // whoever is first takes it away; what came into its place in the meantime is put back
    const aside = `${path}.${process.pid}`
    await rename(path, aside).catch(() => undefined)
    const taken = await readFile(aside, 'utf8').catch(() => text)
    if (taken !== text) {
      await rename(aside, path)
      return refuse(folder, parse(taken))
    }
    await rm(aside, { force: true })
  }
  throw new Error('unreachable')
}

/** Makes the file unless there is one. It is written under another name first, for a reader must never find it in part. */
async function put(path: string, own: Holder): Promise<boolean> {
  const draft = `${path}.new-${process.pid}`
  try {
    await writeFile(draft, `${JSON.stringify(own)}\n`)
    await link(draft, path)
    return true
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === undefined) throw error
    // what cannot be written is told by the first file of the run, in its words; without links there is no lock
    return code !== 'EEXIST'
  } finally {
    await rm(draft, { force: true }).catch(() => undefined)
  }
}

function parse(text: string): Holder | null {
  try {
    const { pid, host, started } = JSON.parse(text) as Partial<Record<keyof Holder, unknown>>
    if (typeof pid !== 'number' || typeof host !== 'string') return null
    return { pid, host, started: String(started) }
  } catch {
    return null
  }
}

/** Whether who holds a lock is still there; of another computer nobody knows. */
function isAlive(holder: Holder | null, path: string): boolean {
  // no process writes such a file
  if (holder === null) return false
  if (holder.host !== hostname()) return true
  if (holder.pid === process.pid) return held.has(path)
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM'
  }
  return startOf(holder.pid) === holder.started
}

/** When a process was started, in ticks since the computer was; nothing where the system does not say. */
function startOf(pid: number): string {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // the second field, the name, is in brackets and may have spaces
    return fields.slice(fields.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

function refuse(folder: string, holder: Holder | null): never {
  const who = holder === null ? 'Another process' : `Process ${holder.pid} on ${holder.host}`
  throw new TapeloopError(
    `${who} trains in "${folder}"; wait for it, or choose another --out (if it is gone, delete "${folder}/${lockFile}").`,
  )
}
