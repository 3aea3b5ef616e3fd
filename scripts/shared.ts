import { fileURLToPath } from 'node:url'

/** Vectors and texts made elsewhere, which some tests compare with: TAPELOOP_SHARED, or `shared` beside the repository. */
export const sharedFolder =
  process.env['TAPELOOP_SHARED'] ?? fileURLToPath(new URL('../../shared', import.meta.url))
