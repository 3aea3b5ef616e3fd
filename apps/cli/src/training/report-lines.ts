import { count, rate, score } from '../terminal/numbers.js'
import { printable, widthOf, wrapped, type Output } from '../terminal/output.js'
import { meterOf, type Meter } from './meter.js'
import type { Plan, Reporter } from './report.js'
import { afterwards, conclusion, interruption, introduction } from './wording.js'

/** So many lines of progress a training has, and one more wherever this many seconds pass without one. */
const linesInAll = 20
const longestSilence = 30

/** Shows a training in lines that stay: for files and pipes. */
export function lineReporter(output: Output): Reporter {
  let plan: Plan
  let meter: Meter
  let lastLine = 0
  const say = (...lines: readonly string[]) => output.write(lines.map((line) => `${line}\n`).join(''))

  function progress(step: number): void {
    const { totalSteps, epoch, perSecond } = meter.reading()
    const { measure, batch } = plan.learner
    const unit = measure.lossUnit === '' ? '' : ` ${measure.lossUnit}`
    const loss = meter.takeLoss()
    lastLine = performance.now()
    say(
      `step ${count(step)}/${count(totalSteps)}  epoch ${epoch + 1}  loss ${loss === null ? '–' : score(loss)}${unit}  ` +
        `${rate(perSecond)} ${batch.noun}s/s`,
    )
  }

  return {
    begin(begun) {
      plan = begun
      meter = meterOf(plan.config.steps, plan.learner)
      lastLine = performance.now()
      say(...introduction(plan))
    },
    event(event) {
      meter.add(event)
      switch (event.type) {
        case 'start':
          if (event.checkpoint !== null) say(`going on from step ${count(event.step)}`)
          return
        case 'step': {
          const every = Math.max(1, Math.round(plan.config.steps / linesInAll))
          const isDue = event.step % every === 0 || performance.now() - lastLine > longestSilence * 1000
          if (isDue) progress(event.step)
          return
        }
        case 'validation':
          return say(`step ${count(event.step)}  validation ${plan.learner.measure.validation(event).long}`)
        case 'sample':
          return say(`step ${count(event.step)}  sample:`, ...indented(event.sample))
        case 'interrupted':
          return say(...interruption(plan.out, event.step, event.checkpoint))
        case 'done':
          return say(...conclusion(event, plan, meter.perSecond(), output.style), ...afterwards(plan))
        case 'epoch':
        case 'checkpoint':
        case 'nonfinite':
      }
    },
    validating: () => undefined,
    stopping: () => undefined,
    end: () => undefined,
  }
}

/** A sample set off from what the program says; long lines are broken, at a space where there is one. */
export function indented(sample: string, margin = '  | ', columns = Infinity): string[] {
  const width = Math.max(20, columns - widthOf(margin))
  return printable(sample)
    .split('\n')
    .flatMap((line) => wrapped(line, width))
    .map((line) => (margin + line).trimEnd())
}
