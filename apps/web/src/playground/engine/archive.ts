import { TapeloopError } from '@tapeloop/core'
import { unzip, zip } from 'fflate'
import type { RunFiles } from './run-files.js'

/** A run folder as one file to download. Weights hardly get smaller: nothing is compressed. */
export function packRun(files: RunFiles, folder: string): Promise<Blob> {
  const named = Object.fromEntries(Object.entries(files).map(([path, bytes]) => [`${folder}/${path}`, bytes]))
  return new Promise((resolve, reject) => {
    zip(named, { level: 0, consume: false }, (error, bytes) =>
      error ? reject(error) : resolve(new Blob([new Uint8Array(bytes)], { type: 'application/zip' })),
    )
  })
}

/** More than this in an archive, and a page would run out of memory. */
const mostBytes = 512e6

/**
 * The files of a run folder from an archive, wherever in it the folder lies.
 *
 * @throws one sentence where the archive is broken, too large, or holds no run
 */
export async function unpackRun(bytes: Uint8Array): Promise<RunFiles> {
  let size = 0
  const all = await new Promise<Record<string, Uint8Array>>((resolve, reject) => {
    const filter = ({ originalSize }: { readonly originalSize: number }) =>
      (size += originalSize) <= mostBytes
    unzip(bytes, { filter }, (error, found) => (error ? reject(error) : resolve(found)))
  }).catch((error: unknown) => {
    throw new TapeloopError('The file is no zip archive, or it is damaged; choose the zip of a run folder.', {
      cause: error,
    })
  })
  if (size > mostBytes) {
    throw new TapeloopError(
      `The archive unpacks to more than ${mostBytes / 1e6} MB, too much for a page; open it with the command line.`,
    )
  }
  return rootedAtRun(all)
}

/**
 * The files below the folder that holds `run.json`.
 *
 * @throws one sentence where there is none
 */
export function rootedAtRun(files: RunFiles): RunFiles {
  const record = Object.keys(files).find((path) => path === 'run.json' || path.endsWith('/run.json'))
  if (record === undefined) {
    throw new TapeloopError('There is no run.json among the files; choose the zip of a run folder.')
  }
  const folder = record.slice(0, -'run.json'.length)
  return Object.fromEntries(
    Object.entries(files).flatMap(([path, bytes]) =>
      path.startsWith(folder) && !path.endsWith('/') ? [[path.slice(folder.length), bytes]] : [],
    ),
  )
}
