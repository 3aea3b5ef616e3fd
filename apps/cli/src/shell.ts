import type { Output } from './terminal/output.js'

/** What commands work with. */
export interface Shell {
  readonly output: Output
  /** Has the program end with this code, once the command is over. */
  exitWith(code: number): void
}
