import { wasm } from '@tapeloop/backend-wasm'
import { reference, setDefaultBackend } from '@tapeloop/core'

/** What computes, as the page shows it. */
export interface BackendInfo {
  /** `wasm relaxed`, `wasm simd` or `reference` */
  readonly name: string
  readonly threads: number
}

/**
 * Chooses the fastest backend of this thread: WebAssembly, on all cores but one where memory can be shared, else on one.
 * Without SIMD it is the slow reference backend.
 */
export async function chooseBackend(): Promise<BackendInfo> {
  const canShare = globalThis.crossOriginIsolated === true
  const threads = canShare ? Math.max(1, (navigator.hardwareConcurrency ?? 2) - 1) : 1
  try {
    const backend = await wasm({ threads })
    setDefaultBackend(backend)
    return { name: backend.name, threads: backend.threads }
  } catch {
    setDefaultBackend(reference)
    return { name: 'reference', threads: 1 }
  }
}
