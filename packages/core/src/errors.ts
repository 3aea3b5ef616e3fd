/** An error a user can act on: one sentence that names the op as written, the axis, both sizes and the remedy. */
export class TapeloopError extends Error {
  override readonly name = 'TapeloopError'
}

/** Refuses a call. `where` is the op or function as the user wrote it. */
export function refuse(where: string, sentence: string): never {
  throw new TapeloopError(`${where}: ${sentence}`)
}
