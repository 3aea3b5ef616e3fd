import { count, clock, rate, score } from '../terminal/numbers.js'
import { bar, liveLine } from '../terminal/live-line.js'
import type { Output } from '../terminal/output.js'
import { meterOf, type Meter } from './meter.js'
import type { Plan, Reporter } from './report.js'
import { indented } from './report-lines.js'
import { afterwards, conclusion, interruption, introduction } from './wording.js'

const barWidth = 20

/** Shows a training on a terminal: one line that changes, samples above it. */
export function liveReporter(output: Output): Reporter {
  const { style } = output
  const live = liveLine(output)
  let plan: Plan
  let meter: Meter
  let note = ''

  function line(): string {
    const { step, totalSteps, loss, valid, charactersPerSecond, secondsLeft } = meter.reading()
    const [filled, rest] = bar(step / totalSteps, barWidth)
    const parts = [
      `${style.cyan(filled)}${style.dim(rest)} ${count(step)}/${count(totalSteps)}`,
      `loss ${style.bold(loss === null ? '–' : score(loss))}`,
      `valid ${style.bold(valid === null ? '–' : score(valid))} ${style.dim('bits/char')}`,
      `${rate(charactersPerSecond)} chars/s`,
      secondsLeft === null ? '' : `${clock(secondsLeft)} left`,
      note,
    ]
    return parts.filter((part) => part !== '').join('  ')
  }

  return {
    begin(begun) {
      plan = begun
      meter = meterOf(plan.config.steps, plan.config.batchSize * plan.config.seqLength)
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
          live.print(
            style.bold(conclusion(event, meter.charactersPerSecond())),
            ...emphasised(afterwards(plan.out)),
          )
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
