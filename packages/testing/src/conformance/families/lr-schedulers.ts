import { full } from '@tapeloop/core'
import {
  constant,
  cosineAnnealing,
  cyclic,
  exponentialDecay,
  inverseSquareRoot,
  joinSchedules,
  linear,
  multiStepDecay,
  oneCycle,
  polynomialDecay,
  reduceOnPlateau,
  stepDecay,
  warmRestarts,
  type Schedule,
} from '@tapeloop/train'
import { compareNumbers, type Setting } from '../compare.js'
import { isRecord, unsupported, type Config, type JsonNumber } from '../format.js'
import { flagOf, numberOf, numbersOf, textOf } from '../op-call.js'
import type { Family } from '../program.js'

type Make = (base: number, args: Config) => Schedule

/** What is the same for the learning rate of one cycle and for its momentum. */
const cycleOf = (args: Config) => ({
  steps:
    args['total_steps'] == null
      ? numberOf(args, 'epochs') * numberOf(args, 'steps_per_epoch')
      : numberOf(args, 'total_steps'),
  warmupFraction: numberOf(args, 'pct_start', 0.3),
  anneal: textOf(args, 'anneal_strategy', 'cos') === 'cos' ? ('cosine' as const) : ('linear' as const),
  threePhase: flagOf(args, 'three_phase', false),
})

/** PyTorch's schedulers as schedules from the base learning rate. */
const schedules: Readonly<Record<string, Make>> = {
  StepLR: (from, args) =>
    stepDecay({ from, factor: numberOf(args, 'gamma', 0.1), every: numberOf(args, 'step_size') }),
  MultiStepLR: (from, args) =>
    multiStepDecay({ from, factor: numberOf(args, 'gamma', 0.1), milestones: numbersOf(args, 'milestones') }),
  ExponentialLR: (from, args) => exponentialDecay({ from, factor: numberOf(args, 'gamma') }),
  CosineAnnealingLR: (peak, args) =>
    cosineAnnealing({ peak, floor: numberOf(args, 'eta_min', 0), halfPeriod: numberOf(args, 'T_max') }),
  CosineAnnealingWarmRestarts: (peak, args) =>
    warmRestarts({
      peak,
      floor: numberOf(args, 'eta_min', 0),
      period: numberOf(args, 'T_0'),
      growth: numberOf(args, 'T_mult', 1),
    }),
  LinearLR: (base, args) =>
    linear({
      from: base * numberOf(args, 'start_factor', 1 / 3),
      to: base * numberOf(args, 'end_factor', 1),
      steps: numberOf(args, 'total_iters', 5),
    }),
  ConstantLR: (base, args) =>
    joinSchedules(
      [constant(base * numberOf(args, 'factor', 1 / 3)), constant(base)],
      [numberOf(args, 'total_iters', 5)],
    ),
  PolynomialLR: (from, args) =>
    polynomialDecay({ from, steps: numberOf(args, 'total_iters', 5), power: numberOf(args, 'power', 1) }),
  CyclicLR(_base, args) {
    const rise = numberOf(args, 'step_size_up', 2000)
    const mode = textOf(args, 'mode', 'triangular')
    return cyclic({
      floor: numberOf(args, 'base_lr'),
      peak: numberOf(args, 'max_lr'),
      rise,
      fall: numberOf(args, 'step_size_down', rise),
      ...(mode === 'exp_range'
        ? { mode: 'exponential', factor: numberOf(args, 'gamma', 1) }
        : { mode: mode as 'triangular' }),
    })
  },
  OneCycleLR(_base, args) {
    const peak = numberOf(args, 'max_lr')
    const initial = peak / numberOf(args, 'div_factor', 25)
    return oneCycle({
      peak,
      initial,
      final: initial / numberOf(args, 'final_div_factor', 1e4),
      ...cycleOf(args),
    })
  },
  LambdaLR(base, args) {
    const rule = textOf(args, 'lambda')
    const [, warmup] = /^min\(\(t\+1\)\^-0\.5, \(t\+1\)\*(\d+)\^-1\.5\)$/.exec(rule) ?? []
    if (warmup === undefined) return unsupported(`the rule ${rule}`)
    return inverseSquareRoot({ peak: base / Math.sqrt(Number(warmup)), warmup: Number(warmup) })
  },
  SequentialLR(base, args) {
    const parts = args['schedulers']
    if (!Array.isArray(parts)) return unsupported('a sequence without schedulers')
    return joinSchedules(
      parts.map((part) => scheduleOfCall(base, String(part))),
      numbersOf(args, 'milestones'),
    )
  },
}

const make = (name: string, base: number, args: Config): Schedule =>
  (schedules[name] ?? unsupported(`the schedule ${name}`))(base, args)

/** A scheduler written as a call with named numbers, such as `LinearLR(start_factor=0.1, total_iters=5)`. */
function scheduleOfCall(base: number, call: string): Schedule {
  const [, name, list] = /^(\w+)\((.*)\)$/.exec(call) ?? unsupported(`the schedule ${call}`)
  const args = [...list!.matchAll(/(\w+)=(\[.*?\]|[^,]+)/g)].map(([, key, value]) => [
    key!,
    valueOfPython(value!.trim()),
  ])
  return make(name!, base, Object.fromEntries(args) as Config)
}

/** A number, a list of numbers, a truth value or a text, as Python writes them. */
function valueOfPython(text: string): unknown {
  if (text === 'True' || text === 'False') return text === 'True'
  return /^['"]/.test(text) ? text.slice(1, -1) : JSON.parse(text)
}

/** The values of a scheduler over its steps, by the names of the outputs. */
function valuesOf(
  { config, metrics }: { config: Config; metrics: unknown },
  count: number,
  dtype: Setting['dtype'],
): Readonly<Record<string, () => readonly number[]>> {
  const name = textOf(config, 'scheduler')
  const args = isRecord(config['args']) ? config['args'] : {}
  const base = numberOf(config, 'base_lr')
  const values = (schedule: Schedule) =>
    Array.from({ length: count }, (_, step) => schedule(full(step, [], 'int32'), dtype).itemSync())
  if (name === 'ReduceLROnPlateau' && Array.isArray(metrics)) {
    return { lr_used_at_step: () => plateauOf(base, args, metrics as number[], dtype) }
  }
  return {
    lr_used_at_step: () => values(make(name, base, args)),
    momentum_used_at_step() {
      const [peak, high] = [numberOf(args, 'base_momentum', 0.85), numberOf(args, 'max_momentum', 0.95)]
      return values(oneCycle({ initial: high, peak, final: high, ...cycleOf(args) }))
    },
  }
}

/** The learning rates before each of the metrics. */
function plateauOf(
  base: number,
  args: Config,
  metrics: readonly number[],
  dtype: Setting['dtype'],
): readonly number[] {
  const plateau = reduceOnPlateau({
    mode: textOf(args, 'mode', 'min') as 'min',
    factor: numberOf(args, 'factor', 0.1),
    patience: numberOf(args, 'patience', 10),
    threshold: numberOf(args, 'threshold', 1e-4),
    thresholdMode: textOf(args, 'threshold_mode', 'rel') === 'rel' ? 'relative' : 'absolute',
    cooldown: numberOf(args, 'cooldown', 0),
    minimum: numberOf(args, 'min_lr', 0),
  })
  let state = plateau.init(base, dtype)
  return metrics.map((metric) => {
    const rate = state.learningRate.itemSync()
    state = plateau.update(metric, state)
    return rate
  })
}

/** The learning rate of every step, and the momentum where it changes with it. */
export const learningRates: Family = ({ config, inputs, outputs }, { dtype }) =>
  Object.entries(outputs).map(([name, expected]) => {
    if (!Array.isArray(expected)) return unsupported(`the output ${name} of a schedule`)
    const metrics = (inputs as Readonly<Record<string, unknown>>)['metrics']
    const values = valuesOf({ config, metrics }, expected.length, dtype)[name]
    return compareNumbers(
      name,
      values ? values() : unsupported(`the output ${name} of a schedule`),
      expected as JsonNumber[],
    )
  })
