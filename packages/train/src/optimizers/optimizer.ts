import {
  add,
  checkStructure,
  expm1,
  flatten,
  full,
  log,
  mul,
  neg,
  sub,
  unflatten,
  zeros,
  type DType,
  type Operand,
  type Tensor,
  type Tree,
} from '@tapeloop/core'
import { checkNumber } from '../check.js'
import type { Schedule } from '../schedules/schedule.js'

/** A number that is the same for all updates, or one that changes from update to update. */
export type Hyperparameter = number | Schedule

/** What an optimizer remembers: a record of tensors whose dotted paths are the names in checkpoints. */
export type OptimizerState = { readonly [name: string]: Tree }

/**
 * A rule that improves parameters, as a pair of pure functions over records of tensors. Both may be called inside and
 * outside of `compile`.
 */
export interface Optimizer {
  /** What errors call it. */
  readonly name: string
  /** The state before the first update. */
  init<Params extends Tree>(params: Params): OptimizerState
  /**
   * One update.
   *
   * @param gradients a record like `params`: the gradient of the loss, which is made smaller
   * @returns the new parameters and the new state; nothing is changed in place
   * @throws where the structures differ, naming the first path that does
   */
  update<Params extends Tree>(
    gradients: Params,
    state: OptimizerState,
    params: Params,
  ): { readonly params: Params; readonly state: OptimizerState }
  /**
   * The state after a validation whose loss is `loss`, a float scalar: for those that go by it. Most leave this out.
   */
  observe?(loss: Tensor, state: OptimizerState): OptimizerState
  /**
   * The parameters to evaluate and to keep, where those are not the ones that are trained but, say, a mean of them.
   * Most leave this out.
   */
  average?<Params extends Tree>(state: OptimizerState, params: Params): Params
}

/** `observe` and `average` of an optimizer inside of another, which has its state as `optimizer`. */
export function handedOn({ observe, average }: Optimizer): Pick<Optimizer, 'observe' | 'average'> {
  const inner = (state: OptimizerState) => state['optimizer'] as OptimizerState
  return {
    ...(observe && { observe: (loss, state) => ({ ...state, optimizer: observe(loss, inner(state)) }) }),
    ...(average && { average: (state, params) => average(inner(state), params) }),
  }
}

/** What is the same for all parameters of one dtype at one update. */
export interface UpdateContext {
  readonly dtype: DType
  /** How many updates were done before this one: int32 `[]`. */
  readonly step: Tensor
  /** The value of a hyper-parameter at this update: the number itself, or the scalar of the schedule. */
  at(value: Hyperparameter): Operand
}

/** One parameter with all that belongs to it, each of the parameter's shape, but for the scalars. */
type Parts<Slot extends string> = Readonly<Record<'parameter' | 'gradient' | Slot, Tensor>>

/**
 * An optimizer that treats every parameter alike and apart from the others: most are. It remembers the step and, for
 * each parameter and each name in `slots`, a tensor of the parameter's shape that starts as zeros.
 *
 * @param prepare called once for each dtype, for what all parameters share; returns the rule for one parameter
 * @param scalars those of the slots that hold one number for each parameter
 */
export function perParameter<const Slot extends string>(
  name: string,
  slots: readonly Slot[],
  prepare: (context: UpdateContext) => (parts: Parts<Slot>) => Readonly<Record<'parameter' | Slot, Tensor>>,
  { scalars = [] }: { readonly scalars?: readonly NoInfer<Slot>[] } = {},
): Optimizer {
  return {
    name,
    init(params) {
      const { leaves, structure } = flatten(params, name, '')
      const empty = (slot: Slot) =>
        unflatten<Tree>(
          structure,
          leaves.map((leaf) => zeros(scalars.includes(slot) ? [] : leaf.shape, leaf.dtype)),
        )
      return { step: full(0, [], 'int32'), ...Object.fromEntries(slots.map((slot) => [slot, empty(slot)])) }
    },
    update(gradients, state, params) {
      const flat = flatten(params, name, '')
      const like = (record: Tree | undefined, what: string): readonly Tensor[] => {
        const given = flatten(record ?? {}, `${name}: ${what}`, '')
        checkStructure(`${name}: ${what}`, flat, given)
        return given.leaves
      }
      const downhill = like(gradients, 'gradients')
      const remembered = slots.map((slot) => like(state[slot], slot))
      const step = state['step'] as Tensor
      const rules = new Map<DType, ReturnType<typeof prepare>>()
      const results = flat.leaves.map((parameter, i) => {
        const rule = rules.get(parameter.dtype) ?? prepare(contextOf(step, parameter.dtype))
        rules.set(parameter.dtype, rule)
        const own = Object.fromEntries(slots.map((slot, k) => [slot, remembered[k]![i]!]))
        return rule({ parameter, gradient: downhill[i]!, ...own } as Parts<Slot>)
      })
      const collect = <T extends Tree>(part: 'parameter' | Slot) =>
        unflatten<T>(
          flat.structure,
          results.map((result) => result[part]),
        )
      return {
        params: collect<typeof params>('parameter'),
        state: { step: add(step, 1), ...Object.fromEntries(slots.map((slot) => [slot, collect(slot)])) },
      }
    },
  }
}

function contextOf(step: Tensor, dtype: DType): UpdateContext {
  return { step, dtype, at: (value) => (typeof value === 'number' ? value : value(step, dtype)) }
}

/** `gradient + decay · parameter`: the slope of the loss with an L2 penalty on the parameter. */
export function penalised(
  { at }: UpdateContext,
  { gradient, parameter }: Parts<never>,
  decay: Hyperparameter,
): Tensor {
  return isOff(decay) ? gradient : add(gradient, mul(parameter, at(decay)))
}

/** The running mean `keep · mean + (1 - keep) · value`. */
export function runningMean(mean: Tensor, value: Tensor, keep: Operand): Tensor {
  return add(mul(mean, keep), mul(value, complement(keep)))
}

/** `1 - value`, in double precision where the value is a number. */
export function complement(value: Operand): Operand {
  return typeof value === 'number' ? 1 - value : sub(1, value)
}

/** `a · b`, in double precision where both are numbers. */
export function times(a: Operand, b: Operand): Operand {
  return typeof a === 'number' && typeof b === 'number' ? a * b : mul(a, b)
}

/** `1 - base^exponent` for a base in [0, 1): by expm1, because the power is near 1 when training begins. */
export function complementOfPower(base: Operand, exponent: Tensor): Tensor {
  return neg(expm1(mul(exponent, typeof base === 'number' ? Math.log(base) : log(base))))
}

/** Whether a hyper-parameter is off for good, so that the graph needs nothing of it. */
export function isOff(value: Hyperparameter): boolean {
  return value === 0
}

/** Refuses a hyper-parameter that is a number out of range; what a schedule gives is not known yet. */
export function checkHyperparameter(
  where: string,
  name: string,
  value: Hyperparameter,
  range: { readonly minimum: number; readonly below?: number } = { minimum: 0 },
): void {
  if (typeof value === 'number') checkNumber(where, name, value, range)
}
