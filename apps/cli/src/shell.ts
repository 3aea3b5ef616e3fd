import type { Output } from './terminal/output.js'

/** What commands work with. */
export interface Shell {
  readonly output: Output
  /** standard input, as bytes or text */
  readonly input: Input
  /** Has the program end with this code, once the command is over. */
  exitWith(code: number): void
}

/** What is piped into the program, or typed. */
export type Input = AsyncIterable<Uint8Array | string>
