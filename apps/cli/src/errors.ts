import { TapeloopError } from '@tapeloop/core'
import { CommanderError } from 'commander'

/** A command line that cannot be meant: it ends the program with exit code 2, other refusals with 1. */
export class UsageError extends TapeloopError {}

/** Refuses a command line, in one sentence. */
export function refuseUsage(sentence: string): never {
  throw new UsageError(sentence)
}

/** A longer sentence has something of a file in it that nobody reads to its end. */
const longest = 1000

/** The message of an error on one line, without the control characters that a file may have brought in. */
export function sentenceOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const text = message.replaceAll(/\s*\n\s*/g, ' ').replaceAll(/\p{Cc}/gu, '\uFFFD')
  const said =
    text.length > longest ? `${text.slice(0, 0.7 * longest)} … ${text.slice(-0.2 * longest)}` : text
  if (!(error instanceof CommanderError)) return said
  return said.replace(/^error: /, '').replace('. Expected', '; expected')
}
