import { TapeloopError } from '@tapeloop/core'
import { Command, CommanderError } from 'commander'
import { addBench } from './commands/bench.js'
import { addCells } from './commands/cells.js'
import { addCompare } from './commands/compare.js'
import { addCompletion } from './commands/completion.js'
import { addDoctor } from './commands/doctor.js'
import { addEval } from './commands/eval.js'
import { addInit } from './commands/init.js'
import { addInspect } from './commands/inspect.js'
import { addNew } from './commands/new.js'
import { addPredict } from './commands/predict.js'
import { addSample } from './commands/sample.js'
import { addSweep } from './commands/sweep.js'
import { addTrain } from './commands/train.js'
import { sentenceOf, UsageError } from './errors.js'
import { translateCharRnn } from './flags/char-rnn.js'
import { loadOwnCells } from './flags/own-cell.js'
import type { Input, Shell } from './shell.js'
import type { Output } from './terminal/output.js'
import { version } from './version.js'

/** The commands, in the order in which the help has them. */
const commands = [
  addTrain,
  addSample,
  addEval,
  addPredict,
  addCompare,
  addSweep,
  addInspect,
  addInit,
  addCells,
  addNew,
  addBench,
  addDoctor,
]

/** The program with all of its commands. */
export function programFor(shell: Shell): Command {
  const program = new Command('tapeloop')
    .description(
      'Recurrent networks: train them on texts and tables, let them write and predict, measure and compare them.',
    )
    .version(version)
    .helpCommand(false)
    .addHelpText(
      'after',
      '\nThe options of a command: tapeloop <command> --help' +
        '\nA cell of your own, with any command: --cell ./my-cell.js, an ES module that exports it' +
        '\nExit codes: 0 done, 1 what is named cannot be used, 2 the command line is wrong, 130 Ctrl-C (and saved)',
    )
  for (const add of commands) add(program, shell)
  addCompletion(program, shell)
  for (const command of [program, ...program.commands]) {
    command.exitOverride()
    // what is wrong is said in one place, in one sentence
    command.configureOutput({ writeOut: shell.output.write, writeErr: () => undefined })
  }
  return program
}

/**
 * Runs a command line. Bad input ends in one sentence on standard error.
 *
 * @param args without the name of the program
 * @returns the exit code: 2 where the command line is wrong, 1 where what it names is, that of a signal that ended it, or 0
 */
export async function runProgram(
  args: readonly string[],
  output: Output,
  input: Input = process.stdin,
): Promise<number> {
  let exitCode = 0
  try {
    const translated = await loadOwnCells(translateCharRnn(args.length === 0 ? ['--help'] : args))
    const program = programFor({ output, input, exitWith: (code) => void (exitCode = code) })
    await program.parseAsync(translated, { from: 'user' })
    return exitCode
  } catch (error) {
    return complain(error, output)
  }
}

/** Says what is wrong; returns the exit code. */
function complain(error: unknown, output: Output): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0
  const isExpected = error instanceof CommanderError || error instanceof TapeloopError
  output.complain(`${output.style.red('error:')} ${sentenceOf(error)}\n`)
  if (!isExpected) output.complain(reportOf(error))
  return error instanceof CommanderError || error instanceof UsageError ? 2 : 1
}

/** What helps to find a mistake of the program itself; for those who ask for it. */
function reportOf(error: unknown): string {
  if (!process.env['TAPELOOP_DEBUG']) return 'This is a mistake of tapeloop; TAPELOOP_DEBUG=1 shows where.\n'
  return `${error instanceof Error ? error.stack : String(error)}\n`
}
