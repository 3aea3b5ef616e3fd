import { TapeloopError } from '@tapeloop/core'
import { Command, CommanderError } from 'commander'
import { addCells } from './commands/cells.js'
import { addCompare } from './commands/compare.js'
import { addEval } from './commands/eval.js'
import { addSample } from './commands/sample.js'
import { addTrain } from './commands/train.js'
import { UsageError } from './errors.js'
import { translateCharRnn } from './flags/char-rnn.js'
import type { Output } from './terminal/output.js'
import { version } from './version.js'

/** The program with all of its commands. */
export function programFor(output: Output): Command {
  const program = new Command('tapeloop')
    .description('Recurrent networks: train them on a text, let them write, measure and compare them.')
    .version(version)
    .helpCommand(false)
    .addHelpText('after', '\nThe options of a command: tapeloop <command> --help')
  for (const add of [addTrain, addSample, addEval, addCompare, addCells]) add(program, output)
  for (const command of [program, ...program.commands]) {
    command.exitOverride()
    // what is wrong is said in one place, in one sentence
    command.configureOutput({ writeOut: output.write, writeErr: () => undefined })
  }
  return program
}

/**
 * Runs a command line. Bad input ends in one sentence on standard error.
 *
 * @returns the exit code: 2 where the command line is wrong, 1 where what it names is, 0 or that of a signal otherwise
 */
export async function runProgram(args: readonly string[], output: Output): Promise<void> {
  const program = programFor(output)
  try {
    if (args.length === 0) return program.outputHelp()
    await program.parseAsync(translateCharRnn(args), { from: 'user' })
  } catch (error) {
    process.exitCode = complain(error, output)
  }
}

/** Says what is wrong; returns the exit code. */
function complain(error: unknown, output: Output): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0
  const isExpected = error instanceof CommanderError || error instanceof TapeloopError
  const message = error instanceof Error ? error.message : String(error)
  const sentence = message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ')
  output.complain(`${output.style.red('error:')} ${sentence}\n`)
  if (!isExpected) output.complain(reportOf(error))
  return error instanceof CommanderError || error instanceof UsageError ? 2 : 1
}

/** What helps to find a mistake of the program itself; for those who ask for it. */
function reportOf(error: unknown): string {
  if (!process.env['TAPELOOP_DEBUG']) return 'This is a mistake of tapeloop; TAPELOOP_DEBUG=1 shows where.\n'
  return `${error instanceof Error ? error.stack : String(error)}\n`
}
