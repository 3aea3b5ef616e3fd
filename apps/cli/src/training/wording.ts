import { commandLine } from '../command-line.js'
import { count, counted, duration, rate } from '../terminal/numbers.js'
import type { Style } from '../terminal/output.js'
import type { LearnerEvent, TaskName } from '../tasks/task.js'
import type { RunConfig } from './config.js'
import type { Plan } from './report.js'

/** The lines before a training: the model, the data, and what will be done with them. */
export function introduction({ config, learner, title, backend, guess }: Plan): string[] {
  const { optimizer, lr, schedule } = config
  const made = `${optimizer}, learning rate ${lr}${schedule === 'constant' ? '' : `, ${schedule}`}`
  return [
    `${modelLine(config)}: ${counted(learner.parameters, 'parameter')} (${title})`,
    ...(guess === null ? [] : [guess]),
    ...learner.lines,
    `${counted(config.steps, 'step')} of ${learner.batch.text} (${epochs(config.steps / learner.batchesPerEpoch)}), ` +
      `${made}; on ${backend}`,
  ]
}

/** A model in a few words: `lstm 2 × 128, embedding 16`. */
function modelLine({ cell, layers, hidden, ...config }: RunConfig): string {
  const embedding = Number(config['embedding'] ?? 0)
  return `${cell} ${layers} × ${hidden}${embedding === 0 ? '' : `, embedding ${embedding}`}`
}

function epochs(number: number): string {
  const text = number < 10 ? Number(number.toPrecision(2)) : Math.round(number)
  return `${text} epoch${text === 1 ? '' : 's'}`
}

/** What a finished training came to: the line that sums it up, and what its test found. */
export function conclusion(
  { step, validation, seconds, test, bestStep }: Extract<LearnerEvent, { type: 'done' }>,
  { learner }: Plan,
  perSecond: number,
  style: Style,
): string[] {
  const pace = perSecond === 0 ? '' : `, ${rate(perSecond)} ${learner.batch.noun}s/s`
  const result = validation === null ? '' : `${learner.measure.validation(validation).final} after `
  const best =
    bestStep === undefined || bestStep === step ? '' : `; the best is that of step ${count(bestStep)}`
  return [
    style.bold(`${result}${counted(step, 'step')} in ${duration(seconds)}${pace}${best}`),
    ...(test?.lines(style) ?? []),
  ]
}

const nextCommands: Readonly<Record<TaskName, readonly [what: string, (out: string) => readonly string[]]>> =
  {
    'language-model': ['to let it write', (out) => ['sample', out]],
    classify: ['to classify more', (out) => ['predict', out, 'more.csv']],
    forecast: ['to forecast what comes next', (out) => ['predict', out]],
  }

/** How to go on after a training that ended. */
export function afterwards({ out, config }: Plan): string[] {
  const [what, args] = nextCommands[config.task]
  return [`saved in ${out}; ${what}:`, `  ${commandLine(...args(out))}`]
}

/** What to say of a training that was stopped. */
export function interruption(out: string, step: number, checkpoint: string | null): string[] {
  if (checkpoint === null) return [`stopped before the first step was made; nothing was learned yet`]
  return [
    `stopped at step ${count(step)}, and saved; to go on to the same result:`,
    `  ${commandLine('train', '--out', out, '--resume')}`,
  ]
}
