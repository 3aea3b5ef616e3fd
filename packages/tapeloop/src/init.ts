import { wasm } from '@tapeloop/backend-wasm'
import { reference, setDefaultBackend, type Backend } from '@tapeloop/core'

/**
 * Chooses the fastest backend that runs here, and lets `compile` use it unless told otherwise. Without this call, and
 * where nothing faster runs, it is the reference backend.
 *
 * @returns the backend, for those who pass it on themselves
 */
export async function init(): Promise<Backend> {
  // whatever keeps the faster one away (no SIMD, a policy against WebAssembly, no memory), the reference runs anywhere
  const backend = await wasm().catch(() => reference)
  setDefaultBackend(backend)
  return backend
}
