import { bitsPerCharacter } from '@tapeloop/tapeloop'
import type { Output } from '../terminal/output.js'
import { meterOf, type Meter } from './meter.js'
import type { Plan, Reporter } from './report.js'

/** Shows a training as events, one JSON object a line. Losses are in nats unless their name says bits. */
export function jsonReporter(output: Output): Reporter {
  let plan: Plan
  let meter: Meter
  const emit = (event: object) => output.write(`${JSON.stringify(event)}\n`)
  return {
    begin(begun) {
      plan = begun
      meter = meterOf(plan.config.steps, plan.config.batchSize * plan.config.seqLength)
    },
    event(event) {
      meter.add(event)
      const { step } = event
      switch (event.type) {
        case 'start': {
          const { config, out, backend, parameters, characters, vocabulary } = plan
          const { trainCharacters, validCharacters } = plan
          const text = { name: config.text, characters, vocabulary, trainCharacters, validCharacters }
          const changes = plan.changes.filter(({ changed }) => changed > 0)
          const { text: _, ...settings } = config
          return emit({
            type: 'start',
            out,
            step,
            steps: config.steps,
            parameters,
            backend,
            text,
            changes,
            settings,
          })
        }
        case 'step': {
          const { epoch, loss, gradNorm } = event
          const charactersPerSecond = meter.reading().charactersPerSecond
          return emit({ type: 'step', step, epoch, loss, gradNorm, charactersPerSecond })
        }
        case 'epoch':
          return emit({ type: 'epoch', step, epoch: event.epoch, loss: event.loss })
        case 'validation': {
          const { epoch, loss: nats } = event
          return emit({ type: 'validation', step, epoch, nats, bitsPerCharacter: bitsPerCharacter(nats) })
        }
        case 'sample':
          return emit({ type: 'sample', step, sample: event.sample })
        case 'checkpoint':
          return emit({ type: 'checkpoint', step, name: event.name })
        case 'interrupted':
          return emit({ type: 'interrupted', step, checkpoint: event.checkpoint })
        case 'nonfinite':
          return emit({ type: 'nonfinite', step, message: event.message, checkpoint: event.checkpoint })
        case 'done': {
          const validNats = event.validation?.loss ?? null
          return emit({
            type: 'done',
            validNats,
            validBitsPerCharacter: validNats === null ? null : bitsPerCharacter(validNats),
            charactersPerSecond: meter.charactersPerSecond(),
            steps: step,
            parameters: plan.parameters,
          })
        }
      }
    },
    validating: () => undefined,
    stopping: () => undefined,
    end: () => undefined,
  }
}
