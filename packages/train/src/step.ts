import {
  and,
  checkStructure,
  compile,
  flatten,
  foldIn,
  isFinite,
  refuse,
  valueAuxAndGrad,
  type Backend,
  type Tensor,
  type Tree,
} from '@tapeloop/core'
import { clipByGlobalNorm, globalNorm } from './clip.js'
import { describeNonFinite, findNonFinite, type NonFinite } from './non-finite.js'
import type { Optimizer, OptimizerState } from './optimizers/optimizer.js'
import { meansOf, type Task } from './task.js'
import { chosen } from './trees.js'

/** What an update changes, and nobody else may hold: the step takes its memory. */
export interface Learned<Params extends Tree> {
  readonly params: Params
  readonly optimizer: OptimizerState
}

/** What one step gives back. */
interface StepResult<Params extends Tree, Carried extends Tree> {
  readonly learned: Learned<Params>
  readonly carried: Carried
  readonly loss: Tensor
  /** The norm of the gradients before clipping. */
  readonly gradNorm: Tensor
  /** bool: whether the update was made; if not, `learned` and `carried` are as they were. */
  readonly isGood: Tensor
  readonly metrics: Readonly<Record<string, Tensor>>
}

/** One training step, in a form that runs fast and one that explains. */
export interface TrainStep<Params extends Tree, Batch extends Tree, Carried extends Tree> {
  /** One update; `learned` is spent. `count` (int32 `[]`) is folded into the key: how many steps were done. */
  run(
    learned: Learned<Params>,
    batch: Batch,
    carried: Carried,
    key: Tensor,
    count: Tensor,
  ): StepResult<Params, Carried>
  /** Replays a step that was not finite, op by op: a sentence, and the first op where one is found. */
  explain(
    params: Params,
    batch: Batch,
    carried: Carried,
    key: Tensor,
    count: Tensor,
  ): { readonly sentence: string; readonly found: NonFinite | null }
}

/** Builds and compiles the training step of a task. */
export function trainStep<Params extends Tree, Raw, Batch extends Tree, Carried extends Tree>(
  task: Task<Params, Raw, Batch, Carried>,
  optimizer: Optimizer,
  { clip, backend }: { readonly clip?: number | undefined; readonly backend?: Backend | undefined },
): TrainStep<Params, Batch, Carried> {
  const differentiate = (params: Params, batch: Batch, carried: Carried, key: Tensor, count: Tensor) => {
    const [loss, aux, raw] = valueAuxAndGrad((params: Params) => {
      const { carried: after, ...terms } = task.loss(params, batch, carried, foldIn(key, count))
      const { loss, metrics } = meansOf(terms)
      const means = Object.entries(metrics).map(([name, { mean }]) => [name, mean] as const)
      return [loss.mean, { carried: after, metrics: Object.fromEntries(means) }]
    })(params)
    const { gradients, norm }: { gradients: Params; norm: Tensor } =
      clip === undefined ? { gradients: raw, norm: globalNorm(raw) } : clipByGlobalNorm(raw, clip)
    return { loss, carried: aux.carried, metrics: aux.metrics, gradients, norm }
  }

  const run = compile(
    (
      { params, optimizer: state }: { params: Params; optimizer: OptimizerState },
      batch: Batch,
      carried: Carried,
      key: Tensor,
      count: Tensor,
    ) => {
      const { loss, norm, metrics, ...result } = differentiate(params, batch, carried, key, count)
      const next = optimizer.update(result.gradients, state, params)
      const isGood = and(isFinite(loss), isFinite(norm))
      return {
        learned: {
          params: choose<Params>(isGood, next.params, params, 'the updated parameters'),
          optimizer: choose(isGood, next.state, state, "the optimizer's state"),
        },
        carried: choose<Carried>(isGood, result.carried, carried, 'the carried state'),
        loss,
        gradNorm: norm,
        isGood,
        metrics,
      }
    },
    { donate: [0], name: 'training step', ...(backend === undefined ? {} : { backend }) },
  )

  return {
    run,
    explain(params, batch, carried, key, count) {
      const args = { params, batch, carried, key, count }
      const forward = ({ params, batch, carried, key, count }: typeof args) =>
        task.loss(params, batch, carried, foldIn(key, count)).loss
      const backward = ({ params, batch, carried, key, count }: typeof args) => {
        const { gradients, norm } = differentiate(params, batch, carried, key, count)
        return { gradients, norm }
      }
      const inLoss = findNonFinite<typeof args>(forward, args)
      const found = inLoss ?? findNonFinite<typeof args>(backward, args)
      if (found === null) {
        const sentence = 'the loss or its gradient is not finite (a replay on the reference backend is)'
        return { sentence, found }
      }
      const what = inLoss === null ? 'the gradient' : 'the loss'
      return { sentence: `${what} is not finite: ${describeNonFinite(found)}`, found }
    },
  }
}

/** One of two records, by a condition known only when the graph runs. */
function choose<T extends Tree>(condition: Tensor, yes: T, no: T, what: string): T {
  const before = flatten(no, 'training step', '')
  const after = flatten(yes, 'training step', '')
  checkStructure(`training step: ${what}`, before, after)
  after.leaves.forEach((leaf, i) => {
    const old = before.leaves[i]!
    if (leaf.dtype !== old.dtype || leaf.shape.join() !== old.shape.join()) {
      refuse(
        'training step',
        `${what}: ${after.paths[i]} goes in as ${old.dtype} [${old.shape.join(', ')}] but comes out as ` +
          `${leaf.dtype} [${leaf.shape.join(', ')}]; keep its shape and dtype`,
      )
    }
  })
  return chosen(condition, yes, no)
}
