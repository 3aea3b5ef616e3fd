import type { Storage } from '@tapeloop/formats'

/** The files of a run folder by their paths. */
export type RunFiles = Readonly<Record<string, Uint8Array>>

/** The only folder of a run folder; each checkpoint in it is a folder of files. */
const checkpoints = 'checkpoints'

/** All files of a run: what can be kept, downloaded, and opened by the command line. */
export async function filesOf(storage: Storage): Promise<RunFiles> {
  const top = (await storage.list('')).filter((name) => name !== checkpoints)
  const saved = await Promise.all(
    (await storage.list(checkpoints)).map(async (name) => {
      const folder = `${checkpoints}/${name}`
      return (await storage.list(folder)).map((file) => `${folder}/${file}`)
    }),
  )
  const paths = [...top, ...saved.flat()]
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path, await storage.read(path)] as const)),
  )
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
