import { full } from '@tapeloop/core'
import { cosine, linear, type Schedule } from '@tapeloop/train'
import { compareNumbers } from '../compare.js'
import { isRecord, unsupported, type Config, type JsonNumber } from '../format.js'
import { numberOf, textOf } from '../op-call.js'
import type { Family } from '../program.js'

/** PyTorch's schedulers as schedules from the base learning rate. */
const schedules: Readonly<Record<string, (base: number, args: Config) => Schedule>> = {
  CosineAnnealingLR: (base, args) =>
    cosine({ peak: base, floor: numberOf(args, 'eta_min', 0), steps: numberOf(args, 'T_max') }),
  LinearLR: (base, args) =>
    linear({
      from: base * numberOf(args, 'start_factor', 1 / 3),
      to: base * numberOf(args, 'end_factor', 1),
      steps: numberOf(args, 'total_iters', 5),
    }),
}

/** The learning rate of every step. */
export const learningRates: Family = ({ config, outputs }, { dtype }) => {
  const name = textOf(config, 'scheduler')
  const make = schedules[name] ?? unsupported(`the schedule ${name}`)
  const schedule = make(numberOf(config, 'base_lr'), isRecord(config['args']) ? config['args'] : {})
  return Object.entries(outputs).map(([name, expected]) => {
    if (name !== 'lr_used_at_step' || !Array.isArray(expected))
      return unsupported(`the output ${name} of a schedule`)
    const rates = expected.map((_, step) => schedule(full(step, [], 'int32'), dtype).itemSync())
    return compareNumbers(name, rates, expected as JsonNumber[])
  })
}
