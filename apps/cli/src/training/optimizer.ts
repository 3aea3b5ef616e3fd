import { cellNamed, recurrentDropout, weightDrop, withDropout, zoneout, type Cell } from '@tapeloop/layers'
import { accumulate, ema, onPlateau, optimizers, type Optimizer, type Schedule } from '@tapeloop/train'
import { schedules } from '@tapeloop/tapeloop'
import { defaultsOf } from '../flags/specs.js'
import { toolkitSettings, type CommonSettings, type Settings, type ToolkitSettings } from './settings.js'

/** What the learning rate falls to where it falls to an end, and by where it falls in stairs. */
const tenth = 0.1

/** The learning rate from update to update, of so many, without its warm-up; `plateau` is none, for it has no plan. */
const plans: Readonly<Record<string, (lr: number, steps: number, warmup: number) => Schedule>> = {
  cosine: (lr, steps) => schedules.cosine({ peak: lr, floor: lr * tenth, steps }),
  linear: (lr, steps) => schedules.linear({ from: lr, to: lr * tenth, steps }),
  exponential: (lr, steps) => schedules.exponentialDecay({ from: lr, factor: tenth, every: steps }),
  step: (lr, steps) =>
    schedules.stepDecay({ from: lr, factor: 0.5, every: Math.max(1, Math.ceil(steps / 5)) }),
  'one-cycle': (lr, steps) => schedules.oneCycle({ peak: lr, steps: Math.max(2, steps) }),
  'warm-restarts': (lr, steps) =>
    schedules.warmRestarts({ peak: lr, floor: lr * tenth, period: Math.max(1, Math.ceil(steps / 5)) }),
  'inverse-root': (lr, steps, warmup) =>
    schedules.inverseSquareRoot({ peak: lr, warmup: warmup || Math.max(1, Math.ceil(steps / 20)) }),
}

/** The optimizer of a training of so many batches. */
export function optimizerOf(
  settings: Pick<CommonSettings, 'optimizer' | 'lr' | 'schedule'> & Partial<ToolkitSettings>,
  batches: number,
): Optimizer {
  const { optimizer, lr, schedule } = settings
  const {
    warmup,
    weightDecay,
    ema: decay,
    accumulate: every,
  } = { ...defaultsOf(toolkitSettings), ...settings }
  const make = optimizers[optimizer as keyof typeof optimizers]
  const at = (learningRate: number | Schedule) =>
    make({ learningRate, ...(weightDecay > 0 && { weightDecay }) })
  const plan = plans[schedule]?.(lr, Math.ceil(batches / every), warmup)
  const rising = (whole: number | Schedule) =>
    warmup === 0 || schedule === 'inverse-root'
      ? whole
      : schedules.warmup(typeof whole === 'number' ? schedules.constant(whole) : whole, warmup)
  const plain =
    schedule === 'plateau'
      ? onPlateau((learningRate) => at(rising(learningRate)), { learningRate: lr, factor: 0.5, patience: 2 })
      : at(rising(plan ?? lr))
  const averaged = decay > 0 ? ema(plain, { decay }) : plain
  return every > 1 ? accumulate(averaged, every) : averaged
}

/** The cell of a training, with what is dropped of it. */
export function cellOf(settings: Pick<Settings, 'cell'> & Partial<ToolkitSettings>): Cell {
  const rates = { ...defaultsOf(toolkitSettings), ...settings }
  let cell = cellNamed(settings.cell)
  if (rates.weightDrop > 0) cell = weightDrop(cell, rates.weightDrop)
  if (rates.recurrentDropout > 0) cell = recurrentDropout(cell, rates.recurrentDropout)
  if (rates.zoneout > 0) cell = zoneout(cell, rates.zoneout)
  return rates.dropout > 0 ? withDropout(cell, rates.dropout) : cell
}
