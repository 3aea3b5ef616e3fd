import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'

/** What a folder of vectors holds. Names are relative to the folder. */
export interface Found {
  readonly json: readonly { readonly name: string; readonly content: unknown }[]
  /** folders of ONNX tests: a `model.onnx` and its data */
  readonly onnx: readonly string[]
  /** files that end in .json and are not JSON */
  readonly broken: readonly string[]
}

/** Reads a file of vectors, or all of them below a folder, in the order of their names. */
export function findVectors(path: string): Found {
  if (!existsSync(path)) throw new Error(`there is no file or folder ${path}`)
  const isFolder = statSync(path).isDirectory()
  const root = isFolder ? path : dirname(path)
  const files = isFolder ? filesBelow(path) : [path]
  const json: Found['json'][number][] = []
  const broken: string[] = []
  for (const file of files.filter((name) => name.endsWith('.json'))) {
    const name = relative(root, file)
    try {
      json.push({ name, content: JSON.parse(readFileSync(file, 'utf8')) })
    } catch {
      broken.push(name)
    }
  }
  const onnx = files
    .filter((name) => basename(name) === 'model.onnx')
    .map((file) => relative(root, dirname(file)) || basename(dirname(file)))
  return { json, onnx, broken }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? filesBelow(path) : [path]
    })
}
