import { count, clock, rate, score } from '../terminal/numbers.js'
import { bar, fitted, liveLine, sparkline, type Part } from '../terminal/live-line.js'
import type { Output } from '../terminal/output.js'
import { meterOf, type Meter } from './meter.js'
import type { Plan, Reporter } from './report.js'
import { indented } from './report-lines.js'
import { afterwards, conclusion, interruption, introduction } from './wording.js'

const barWidth = 20
const sparkWidth = 16

/** Shows a training on a terminal: one line that changes, samples above it. */
export function liveReporter(output: Output): Reporter {
  const { style } = output
  const live = liveLine(output)
  let plan: Plan
  let meter: Meter
  let note = ''

  /** What fits into the line: what is worth least goes first. */
  function line(): string {
    const { step, totalSteps, loss, valid, gradNorm, perSecond, secondsLeft } = meter.reading()
    const { measure, batch } = plan.learner
    const [filled, rest] = bar(step / totalSteps, barWidth)
    const parts: Part[] = [
      { worth: 3, text: `${style.cyan(filled)}${style.dim(rest)}` },
      { worth: 9, text: `${count(step)}/${count(totalSteps)}` },
      { worth: 8, text: `loss ${style.bold(loss === null ? '–' : score(loss))}` },
      { worth: 2, text: style.cyan(sparkline(meter.history(sparkWidth))) },
      { worth: 6, text: `valid ${style.bold(valid === null ? '–' : measure.validation(valid).short)}` },
      { worth: 1, text: gradNorm === null ? '' : style.dim(`|g| ${score(gradNorm)}`) },
      { worth: 4, text: `${rate(perSecond)} ${batch.noun}s/s` },
      { worth: 5, text: secondsLeft === null ? '' : `${clock(secondsLeft)} left` },
      { worth: 7, text: note },
    ]
    return fitted(parts, output.columns() - 1)
  }

  return {
    begin(begun) {
      plan = begun
      meter = meterOf(plan.config.steps, plan.learner)
      const [model = '', ...rest] = introduction(plan)
      live.print(style.bold(model), ...rest, '')
    },
    event(event) {
      meter.add(event)
      if (event.type === 'validation') note = ''
      switch (event.type) {
        case 'start':
          if (event.checkpoint !== null) live.print(`going on from step ${count(event.step)}`, '')
          break
        case 'sample': {
          const margin = `  ${style.dim('│')} `
          live.print(
            style.dim(`  step ${count(event.step)}`),
            ...indented(event.sample, margin, output.columns()),
            '',
          )
          break
        }
        case 'interrupted':
          live.clear()
          live.print(...emphasised(interruption(plan.out, event.step, event.checkpoint)))
          return
        case 'done':
          live.clear()
          live.print(...conclusion(event, plan, meter.perSecond(), style), ...emphasised(afterwards(plan)))
          return
        case 'step':
        case 'validation':
        case 'epoch':
        case 'checkpoint':
        case 'nonfinite':
      }
      live.show(line)
    },
    validating(done, total) {
      note = style.dim(`validating ${Math.floor((100 * done) / total)} %`)
      live.show(line)
    },
    stopping() {
      note = style.yellow('saving …')
      live.show(line)
    },
    end: () => live.clear(),
  }

  function emphasised(lines: readonly string[]): string[] {
    return lines.map((text) => (text.startsWith('  ') ? style.cyan(text) : text))
  }
}
