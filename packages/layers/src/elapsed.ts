import { sliceAxis, type Tensor } from '@tapeloop/core'

/** The option by which a cell is told how much time passed. */
export const elapsedOption = {
  timed: {
    type: 'boolean',
    default: false,
    doc: 'the last feature of x is no input but the time since the step before, which is 1 otherwise',
  },
} as const

/** The input itself `[batch, …]` and the time since the step before, `[batch, 1]` or 1. */
export function splitElapsed(x: Tensor, timed: boolean): { input: Tensor; elapsed: Tensor | number } {
  if (!timed) return { input: x, elapsed: 1 }
  const size = x.shape[1]!
  return { input: sliceAxis(x, 1, 0, size - 1), elapsed: sliceAxis(x, 1, size - 1, size) }
}
