/** The levels that Tapeloop runs at, as the tables name them. */
import { reference, refuse, type Backend } from '@tapeloop/core'
import { wasm, type Level as EngineLevel, type WasmOptions } from '@tapeloop/backend-wasm'
import { enableRelaxed, enableWide } from '@tapeloop/backend-wasm/node'

/**
 * `reference`: plain loops, the oracle. `simd`: WebAssembly without relaxed instructions. `portable`: with them, what
 * Node 22 and browsers run. `wide`: the same under V8's revectorisation, Node 24 or later.
 */
export const levels = ['reference', 'simd', 'portable', 'wide'] as const
export type Level = (typeof levels)[number]

const names = { simd: 'simd', portable: 'relaxed', wide: 'wide' } satisfies Partial<
  Record<Level, EngineLevel>
>

/** Turns on what a level needs of V8, which is a matter of the whole process. */
export function enableLevel(level: Level): void {
  if (level === 'wide' ? !enableWide() : level === 'portable' && !enableRelaxed()) {
    refuse('bench', `Node ${process.versions.node} on ${process.arch} does not have the level ${level}`)
  }
}

/**
 * The backend of a level.
 *
 * @throws where this Node lacks it
 */
export async function backendOf(level: Level, threads: number): Promise<Backend> {
  if (level === 'reference') return reference
  enableLevel(level)
  // an engine that knows no threads takes no notice
  const options: WasmOptions & { readonly threads: number } = { level: names[level], threads }
  return wasm(options)
}
