import type { Tree } from '@tapeloop/core'
import { bitsPerCharacter, type DoneEvent } from '@tapeloop/train'
import { commandLine } from '../command-line.js'
import { count, counted, duration, rate, score } from '../terminal/numbers.js'
import { describeChanges } from './corpus.js'
import type { Plan } from './report.js'

/** The lines before a training: the model, the text, and what will be done with it. */
export function introduction(plan: Plan): string[] {
  const { config, parameters, trainCharacters, validCharacters, batchesPerEpoch } = plan
  const { cell, layers, hidden, embedding, batchSize, seqLength, steps } = config
  const input = embedding === 0 ? '' : `, embedding ${embedding}`
  const validation = validCharacters === 0 ? '' : `, ${count(validCharacters)} to validate on`
  return [
    `${cell} ${layers} × ${hidden}${input}: ${counted(parameters, 'parameter')} (${plan.title})`,
    `${config.text}: ${counted(plan.characters, 'character')}, ${plan.vocabulary} different; ` +
      `${count(trainCharacters)} to train on${validation}`,
    ...describeChanges(plan.changes).map((change) => `${config.text}: ${change}`),
    `${counted(steps, 'step')} of ${batchSize} × ${seqLength} characters (${epochs(steps / batchesPerEpoch)}), ` +
      `${config.optimizer}, learning rate ${config.lr}${config.schedule === 'constant' ? '' : `, ${config.schedule}`}; on ${plan.backend}`,
  ]
}

function epochs(number: number): string {
  const text = number < 10 ? Number(number.toPrecision(2)) : Math.round(number)
  return `${text} epoch${text === 1 ? '' : 's'}`
}

/** What a finished training came to. */
export function conclusion(
  { step, validation, seconds }: Pick<DoneEvent<Tree>, 'step' | 'validation' | 'seconds'>,
  charactersPerSecond: number,
): string {
  const pace = charactersPerSecond === 0 ? '' : `, ${rate(charactersPerSecond)} characters/s`
  const result =
    validation === null
      ? ''
      : `${score(bitsPerCharacter(validation.loss))} bits per character on the validation text ` +
        `(${score(validation.loss)} nats) after `
  return `${result}${counted(step, 'step')} in ${duration(seconds)}${pace}`
}

/** How to go on after a training that ended. */
export function afterwards(out: string): string[] {
  return [`saved in ${out}; to let it write:`, `  ${commandLine('sample', out)}`]
}

/** What to say of a training that was stopped. */
export function interruption(out: string, step: number, checkpoint: string | null): string[] {
  if (checkpoint === null) return [`stopped before the first step was made; nothing was learned yet`]
  return [
    `stopped at step ${count(step)}, and saved; to go on to the same result:`,
    `  ${commandLine('train', '--out', out, '--resume')}`,
  ]
}
