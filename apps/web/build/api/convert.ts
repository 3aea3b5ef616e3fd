import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import {
  Application,
  ReflectionKind,
  type DeclarationReflection,
  type ProjectReflection,
  type ReferenceReflection,
  type Serializer,
} from 'typedoc'
import { workspace, type WorkspacePackage } from '../../../../scripts/workspace.js'
import type { ApiPackage, ApiPage, ApiSymbol } from '../../src/reference/api/model.js'
import { block } from './docstring.js'
import { symbolOf } from './symbol.js'

/** Packages in the order in which they build on each other; those missing here come last. */
const order = [
  'core',
  'backend-wasm',
  'layers',
  'data',
  'formats',
  'train',
  'inspect',
  'models',
  'testing',
  'tapeloop',
]

/** A package with no more exports than this is one page. */
const onePage = 50

/** What the packages under `root` export, from their sources and docstrings. */
export async function readApi(root: string): Promise<readonly ApiPackage[]> {
  const packages = workspace(root)
    .filter(({ folder }) => folder.startsWith('packages/'))
    .toSorted((a, b) => placeOf(a) - placeOf(b))
  const entries = packages.flatMap((from) =>
    Object.entries(from.exports).map(([subpath, file]) => ({
      from,
      specifier: from.name + subpath.slice(1),
      file: join(root, from.folder, file),
    })),
  )
  const app = await Application.bootstrap({
    entryPoints: entries.map(({ file }) => file),
    tsconfig: join(root, 'tsconfig.json'),
    basePath: root,
    // `pnpm types` checks them
    skipErrorChecking: true,
    sort: ['source-order'],
    excludeExternals: true,
    disableGit: true,
    sourceLinkTemplate: '{path}:{line}',
    readme: 'none',
    logLevel: 'Error',
  })
  const project = await app.convert()
  if (project === undefined) throw new Error('typedoc could not read the packages; `pnpm types` says why')

  /** The exports of an entry that are declared in its own package. */
  const ownOf = ({ from, file }: (typeof entries)[number]) =>
    (moduleOf(project, root, file).children ?? []).filter(
      (child) => !child.isReference() && (child.sources?.[0]?.fileName.startsWith(`${from.folder}/`) ?? true),
    )

  return Promise.all(
    packages.map(async (from) => {
      const own = entries
        .filter((entry) => entry.from === from)
        .flatMap((entry) => ownOf(entry).map((child) => ({ child, specifier: entry.specifier })))
      const slugs = own.map(({ child, specifier }) =>
        own.length <= onePage ? '' : slugOf(child, from, specifier),
      )
      const pages = [...new Set(slugs)].toSorted().map((slug) => {
        const exported = own.filter((_, index) => slugs[index] === slug)
        return pageOf(from, slug, exported, app.serializer)
      })
      const main = moduleOf(project, root, entries.find((entry) => entry.from === from)!.file)
      return {
        name: from.name,
        folder: basename(from.folder),
        description: descriptionOf(root, from),
        doc: main.comment ? block(main.comment.summary) : '',
        pages: await Promise.all(pages),
        handsOn: handedOn(main, packages, from),
      }
    }),
  )
}

/** An export, and what it is imported from. */
interface Exported {
  readonly child: DeclarationReflection
  readonly specifier: string
}

async function pageOf(
  { name, folder }: WorkspacePackage,
  slug: string,
  exported: readonly Exported[],
  serializer: Serializer,
): Promise<ApiPage> {
  const address = `/reference/api/${basename(folder)}/`
  const symbols: ApiSymbol[] = []
  for (const { child, specifier } of exported)
    symbols.push(await symbolOf(child, specifier, { beside: symbols, serializer }))
  const words = slug.replaceAll('-', ' ')
  return {
    title: slug === '' ? name : words.charAt(0).toUpperCase() + words.slice(1),
    url: slug === '' ? address : `${address}${slug}/`,
    // what is called first, then the types that it takes and gives
    symbols: [...symbols.filter(({ kind }) => !isType(kind)), ...symbols.filter(({ kind }) => isType(kind))],
  }
}

const isType = (kind: ApiSymbol['kind']) => kind === 'type' || kind === 'interface'

const placeOf = ({ folder }: WorkspacePackage) => {
  const place = order.indexOf(basename(folder))
  return place < 0 ? order.length : place
}

/** What typedoc made of an entry: it names them by their paths without the extension. */
function moduleOf(project: ProjectReflection, root: string, file: string): DeclarationReflection {
  const path = file.slice(join(root, '/').length).replace(/(\/index)?\.ts$/, '')
  const found = project.children?.find(({ name }) => name === path)
  if (found === undefined) throw new Error(`typedoc found no module ${path}`)
  return found
}

/** The folder of the sources in which it stands, or its file; what is exported by a subpath stands together. */
function slugOf({ sources }: DeclarationReflection, { folder, name }: WorkspacePackage, specifier: string) {
  if (specifier !== name) return specifier.slice(name.length + 1)
  const path = sources![0]!.fileName.slice(`${folder}/src/`.length)
  return path.replace(/\/.*|\.ts$/, '')
}

function descriptionOf(root: string, { folder }: WorkspacePackage): string {
  const { description } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
  return description as string
}

/** The packages that an entry exports again. */
function handedOn(
  { children = [] }: DeclarationReflection,
  packages: readonly WorkspacePackage[],
  from: WorkspacePackage,
) {
  const files = children
    .filter((child): child is ReferenceReflection => child.isReference())
    .map((child) => child.getTargetReflectionDeep() as DeclarationReflection)
    .filter(({ kind }) => kind !== ReflectionKind.Module)
    .map(({ sources }) => sources?.[0]?.fileName ?? '')
  return packages
    .filter(({ folder, name }) => name !== from.name && files.some((file) => file.startsWith(`${folder}/`)))
    .map(({ name }) => name)
}
