/** Holds the one direction of dependency (ARCHITECTURE.md); `pnpm lint` runs it on the repository. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'
import { workspace } from './workspace.js'

/** A package may import only from rows above its own; a folder missing here is refused. */
const rows = [
  ['core'],
  ['backend-wasm', 'backend-webgpu', 'layers', 'data'],
  ['formats'],
  ['train'],
  ['inspect', 'models'],
  ['testing'],
  ['tapeloop'],
]

/**
 * Every import under `root` that points the wrong way, one sentence each: a package of the same or a later row,
 * `testing` outside tests, and a `node:` module that a package's main entry reaches.
 */
export function violations(root: string): string[] {
  const packages = workspace(root).map(({ folder }) => ({
    folder,
    name: basename(folder),
    row: rowOf(folder),
  }))
  const unplaced = packages
    .filter(({ row }) => row < 0)
    .map(({ folder }) => `${folder} has no row in scripts/direction.ts; give it one`)

  const backwards = packages.flatMap(({ folder, name, row }) =>
    sources(join(root, folder, 'src')).flatMap((file) =>
      imports(file).flatMap((specifier) => {
        const target = /^@tapeloop\/([^/]+)/.exec(specifier)?.[1]
        if (target === undefined || target === name) return []
        const targetRow = rowOf(`packages/${target}`)
        if ((targetRow < row && target !== 'testing') || (target === 'testing' && isTest(file))) return []
        return [`${relative(root, file)} imports ${specifier}, which does not stand before ${name}`]
      }),
    ),
  )

  const nodeInMain = packages
    .filter(({ folder }) => folder.startsWith('packages/'))
    .flatMap(({ folder }) => reachable(join(root, folder, 'src/index.ts')))
    .flatMap((file) =>
      imports(file)
        .filter((specifier) => isBuiltin(specifier) || specifier.endsWith('/node'))
        .map(
          (specifier) =>
            `${relative(root, file)}, reached from a main entry, imports ${specifier}; move it to ./node`,
        ),
    )
  return [...unplaced, ...backwards, ...nodeInMain]
}

const rowOf = (folder: string) =>
  folder.startsWith('apps/') ? rows.length : rows.findIndex((row) => row.includes(basename(folder)))

const sources = (path: string) =>
  existsSync(path)
    ? readdirSync(path, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => join(path, name))
    : []

const isTest = (file: string) => /\.test(-d)?\.ts$/.test(file)

const imports = (file: string) =>
  ts.preProcessFile(readFileSync(file, 'utf8'), true, true).importedFiles.map(({ fileName }) => fileName)

/** The files that `entry` loads by relative imports, itself included. */
function reachable(entry: string): string[] {
  const seen = new Set(existsSync(entry) ? [entry] : [])
  for (const file of seen) {
    for (const specifier of imports(file).filter((name) => name.startsWith('.'))) {
      const target = join(dirname(file), specifier.replace(/\.js$/, '.ts'))
      if (existsSync(target)) seen.add(target)
    }
  }
  return [...seen]
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const found = violations(process.cwd())
  for (const sentence of found) console.error(sentence)
  process.exitCode = found.length === 0 ? 0 : 1
}
