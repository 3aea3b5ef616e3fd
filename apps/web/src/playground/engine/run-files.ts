import type { Storage } from '@tapeloop/formats'

/** The files of a run folder by their paths. */
export type RunFiles = Readonly<Record<string, Uint8Array>>

/** All files of a run: what can be kept, downloaded, and opened by the command line. */
export async function filesOf(storage: Storage): Promise<RunFiles> {
  const paths = await pathsIn(storage, '')
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path, await storage.read(path)] as const)),
  )
}

/** The files at and below a path. */
async function pathsIn(storage: Storage, path: string): Promise<string[]> {
  // what cannot be listed is a file
  const names = await storage.list(path).catch(() => null)
  if (names === null) return [path]
  const below = names.map((name) => pathsIn(storage, path === '' ? name : `${path}/${name}`))
  return (await Promise.all(below)).flat()
}

/** Puts the files of a run folder into an empty storage. */
export async function putFiles(storage: Storage, files: RunFiles): Promise<void> {
  const folders = new Map<string, Record<string, Uint8Array>>()
  for (const [path, bytes] of Object.entries(files)) {
    const end = path.lastIndexOf('/')
    if (end < 0) {
      await storage.replace(path, bytes)
      continue
    }
    const folder = folders.get(path.slice(0, end)) ?? {}
    folder[path.slice(end + 1)] = bytes
    folders.set(path.slice(0, end), folder)
  }
  for (const [folder, entries] of folders) await storage.write(folder, entries)
}

/** The step of the last checkpoint among files. */
export function stepOf(files: RunFiles): number {
  return Math.max(
    0,
    ...Object.keys(files).map((path) => Number(/^checkpoints\/step-(\d+)\//.exec(path)?.[1] ?? 0)),
  )
}
