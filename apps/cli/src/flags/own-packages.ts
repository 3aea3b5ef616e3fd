import * as nodeModule from 'node:module'

type Context = { readonly parentURL?: string }
type Resolve<Result> = (
  specifier: string,
  context: Context,
  next: (specifier: string, context: Context) => Result,
) => Result

/** Node has it since 22.15, and warns of `register` since 26. */
const { registerHooks } = nodeModule as {
  registerHooks?: (hooks: { readonly resolve: Resolve<unknown> }) => void
}

/**
 * Imports a module for which `@tapeloop/…` means the packages of this program, wherever the module lies: a tensor of
 * another copy of them is none here, and a cell alone in a folder finds them, too. What this program does not bring is
 * looked for where it usually is.
 */
export async function importWithOurPackages(url: string): Promise<Readonly<Record<string, unknown>>> {
  const ours = import.meta.url
  if (registerHooks === undefined) nodeModule.register(asyncHooks, { data: ours })
  else registerHooks({ resolve: (...request) => resolveIn(ours, ...request) })
  return (await import(url)) as Record<string, unknown>
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
let ours
export function initialize(url) {
  ours = url
}
export async function resolve(specifier, context, next) {
  if (!specifier.startsWith('@tapeloop/')) return next(specifier, context)
  return next(specifier, { ...context, parentURL: ours }).catch(() => next(specifier, context))
}
`)}`
