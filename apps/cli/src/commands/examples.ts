import type { Command } from 'commander'

/** Adds examples to the help of a command: command lines, and what they do. */
export function addExamples(
  command: Command,
  examples: readonly (readonly [line: string, what: string])[],
): void {
  const lines = examples.map(([line, what]) => `  tapeloop ${line}\n      ${what}`)
  command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
}
