import { TapeloopError } from '@tapeloop/core'

/** A command line that cannot be meant: it ends the program with exit code 2, other refusals with 1. */
export class UsageError extends TapeloopError {}

/** Refuses a command line, in one sentence. */
export function refuseUsage(sentence: string): never {
  throw new UsageError(sentence)
}
