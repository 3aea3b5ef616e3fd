import { wasm } from '@tapeloop/backend-wasm'
import { reference, setDefaultBackend, type Backend } from '@tapeloop/core'

/** How `init` is heard. */
export interface InitOptions {
  /** told why it is not the fastest backend; the console's warnings unless given */
  readonly warn?: (sentence: string) => void
}

/**
 * Chooses the fastest backend that runs here, and lets `compile` use it unless told otherwise. Without this call, and
 * where nothing faster runs (no SIMD, a policy against WebAssembly, no memory), it is the reference backend.
 *
 * @returns the backend, for those who pass it on themselves
 */
// oxlint-disable-next-line no-console -- slow for a reason that nobody hears of would be worse
export async function init({ warn = console.warn }: InitOptions = {}): Promise<Backend> {
  const backend = await wasm().catch((error: unknown) => {
    warn(
      `init: the slow reference backend is used: ${error instanceof Error ? error.message : String(error)}`,
    )
    return reference
  })
  setDefaultBackend(backend)
  return backend
}
