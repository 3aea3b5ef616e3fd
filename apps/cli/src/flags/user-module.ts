import { readFileSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Transform } from 'sucrase'

type Context = { readonly parentURL?: string }
type Resolve<Result> = (
  specifier: string,
  context: Context,
  next: (specifier: string, context: Context) => Result,
) => Result
type Load = (url: string, context: unknown, next: (url: string, context: unknown) => unknown) => unknown

/** Node has it since 22.15, and warns of `register` since 26. */
const { registerHooks } = nodeModule as {
  registerHooks?: (hooks: { readonly resolve: Resolve<unknown>; readonly load: Load }) => void
}

/** Since 22.18 Node takes the types out of TypeScript itself; this program, run from its sources, has a loader that does. */
const takesTypes =
  !(process.features as { typescript?: unknown }).typescript && !import.meta.url.endsWith('.ts')

const typeScript = /\.[cm]?ts$/
const transforms: Transform[] = ['typescript']
const sucraseOptions = { transforms, disableESTransforms: true }

/**
 * Imports a module that the user names, JavaScript or TypeScript. For it `@tapeloop/…` means the packages of this program,
 * wherever the module lies: a tensor of another copy of them is none here, and a cell alone in a folder finds them, too.
 * What this program does not bring is looked for where it usually is.
 */
export async function importUserModule(file: string): Promise<Readonly<Record<string, unknown>>> {
  const ours = import.meta.url
  if (registerHooks === undefined) {
    const sucrase = import.meta.resolve('sucrase')
    nodeModule.register(asyncHooks, { data: { ours, sucrase, takesTypes, sucraseOptions } })
  } else {
    const { transform } = await import('sucrase')
    const load: Load = (url, context, next) => {
      if (!takesTypes || !typeScript.test(url)) return next(url, context)
      const source = transform(readFileSync(fileURLToPath(url), 'utf8'), sucraseOptions).code
      return { format: 'module', source, shortCircuit: true }
    }
    registerHooks({ resolve: (...request) => resolveIn(ours, ...request), load })
  }
  return (await import(pathToFileURL(resolve(file)).href)) as Record<string, unknown>
}

function resolveIn(ours: string, ...[specifier, context, next]: Parameters<Resolve<unknown>>): unknown {
  if (!specifier.startsWith('@tapeloop/')) return next(specifier, context)
  try {
    return next(specifier, { ...context, parentURL: ours })
  } catch {
    return next(specifier, context)
  }
}

/** The same for the thread in which `register` runs hooks; it knows nothing of this module. */
const asyncHooks = `data:text/javascript,${encodeURIComponent(`
import { readFile } from 'node:fs/promises'
let ours, sucrase, takesTypes, sucraseOptions
export function initialize(data) {
  ({ ours, sucrase, takesTypes, sucraseOptions } = data)
}
export async function resolve(specifier, context, next) {
  if (!specifier.startsWith('@tapeloop/')) return next(specifier, context)
  return next(specifier, { ...context, parentURL: ours }).catch(() => next(specifier, context))
}
export async function load(url, context, next) {
  if (!takesTypes || !/\\.[cm]?ts$/.test(url)) return next(url, context)
  const { default: { transform } } = await import(sucrase)
  return { format: 'module', source: transform(await readFile(new URL(url), 'utf8'), sucraseOptions).code, shortCircuit: true }
}
`)}`
