import type { Evaluation } from '@tapeloop/train'
import type { LearnerEvent } from '../tasks/task.js'
import type { Output } from '../terminal/output.js'
import { schemaVersion } from './events.js'
import { meterOf, type Meter } from './meter.js'
import type { Plan, Reporter } from './report.js'

/** What stands for a validation that was not made: its names are those of any other. */
const nothing: Evaluation = { loss: NaN, weight: 0, metrics: {} }

/** Shows a training as events, one JSON object a line; `events.ts` says what each has. */
export function jsonReporter(output: Output): Reporter {
  let plan: Plan
  let meter: Meter
  const emit = (event: object) => output.write(`${JSON.stringify(event)}\n`)
  return {
    begin(begun) {
      plan = begun
      meter = meterOf(plan.config.steps, plan.learner)
    },
    event(event) {
      meter.add(event)
      emit(told(event, plan, meter))
    },
    validating: () => undefined,
    stopping: () => undefined,
    end: () => undefined,
  }
}

/** An event as JSON has it. */
function told(event: LearnerEvent, { config, out, backend, learner }: Plan, meter: Meter): object {
  const { type, step } = event
  const { measure, parameters } = learner
  const pace = `${learner.batch.noun}sPerSecond`
  switch (event.type) {
    case 'start': {
      const changes = learner.changes.filter(({ changed }) => changed > 0)
      const { source: _, found: __, task, ...settings } = config
      const { steps } = config
      const data = learner.summary
      return {
        type,
        schema: schemaVersion,
        task,
        out,
        step,
        steps,
        parameters,
        backend,
        data,
        changes,
        settings,
      }
    }
    case 'step': {
      const { epoch, loss, gradNorm } = event
      return { type, step, epoch, loss, gradNorm, [pace]: meter.reading().perSecond }
    }
    case 'epoch':
      return { type, step, epoch: event.epoch, loss: event.loss }
    case 'validation':
      return { type, step, epoch: event.epoch, ...measure.json(event) }
    case 'sample':
      return { type, step, sample: event.sample }
    case 'checkpoint':
      return { type, step, name: event.name }
    case 'interrupted':
      return { type, step, checkpoint: event.checkpoint }
    case 'nonfinite':
      return { type, step, message: event.message, checkpoint: event.checkpoint }
    case 'done': {
      const { validation, test, bestStep } = event
      const measured = Object.entries(measure.json(validation ?? nothing)).map(([name, value]) => [
        `valid${name[0]!.toUpperCase()}${name.slice(1)}`,
        validation === null ? null : value,
      ])
      return {
        type,
        ...Object.fromEntries(measured),
        ...test?.json,
        ...(bestStep !== undefined && { bestStep }),
        [pace]: meter.perSecond(),
        steps: step,
        parameters,
      }
    }
  }
}
