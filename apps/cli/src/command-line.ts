/** A command that the user can copy, in the way in which this program was called. */
export function commandLine(...args: readonly string[]): string {
  return [invocation(process.env), ...args.map(quoted)].join(' ')
}

/** In a clone of the repository the command is a script of its package.json; installed, it is a program. */
export function invocation(env: Readonly<Record<string, string | undefined>>): string {
  const script = env['npm_lifecycle_event']
  if (script === undefined) return 'tapeloop'
  return env['npm_config_user_agent']?.startsWith('pnpm') ? 'pnpm tapeloop' : 'npm run tapeloop --'
}

/** An argument as a POSIX shell takes it. */
export function quoted(arg: string): string {
  return /^[\w@%+=:,./~-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", String.raw`'\''`)}'`
}
