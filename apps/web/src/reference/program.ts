import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** A command of the command line. */
export interface CommandRecord {
  readonly name: string
  readonly description: string
  readonly usage: string
  readonly arguments: readonly { readonly name: string; readonly description: string }[]
  readonly options: readonly {
    readonly flags: string
    readonly description: string
    readonly default?: string
    readonly choices?: readonly string[]
  }[]
}

let known: readonly CommandRecord[] | undefined

/** The commands, told by the program itself. */
export function commands(): readonly CommandRecord[] {
  known ??= JSON.parse(
    execFileSync(
      process.execPath,
      ['--import', 'tsx', join(process.cwd(), 'src/reference/describe-program.ts')],
      { encoding: 'utf8', cwd: join(process.cwd(), '../..') },
    ),
  ) as readonly CommandRecord[]
  return known
}
