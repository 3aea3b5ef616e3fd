import {
  add,
  checkStructure,
  div,
  equal,
  flatten,
  full,
  remainder,
  unflatten,
  where,
  type Tensor,
  type Tree,
} from '@tapeloop/core'
import { checkWhole } from '../check.js'
import { chosen, emptied } from '../trees.js'
import { handedOn, type Optimizer, type OptimizerState } from './optimizer.js'

/**
 * Gradient accumulation: an optimizer that sees the mean gradient of each `every` batches, and leaves the parameters as
 * they are in between. It is as if the batches were one that is `every` times as large. The steps of its schedules are the
 * updates that it makes. What is to change the mean, such as clipping, belongs inside: `accumulate(chain(…, adam()), 4)`.
 *
 * State: `batches` (int32 `[]`, how many there were), `sum` (of the gradients since the last update), `optimizer`.
 *
 * @throws where `every` is no whole number from 1
 */
export function accumulate(optimizer: Optimizer, every: number): Optimizer {
  checkWhole('accumulate', 'every', every, 1)
  return {
    name: 'accumulate',
    init: (params) => ({
      batches: full(0, [], 'int32'),
      sum: emptied(params),
      optimizer: optimizer.init(params),
    }),
    update(gradients, state, params) {
      const flat = flatten(params, 'accumulate', '')
      const given = flatten(gradients, 'accumulate: gradients', '')
      checkStructure('accumulate: gradients', flat, given)
      const before = flatten(state['sum']!, 'accumulate: sum', '').leaves
      const inner = state['optimizer'] as OptimizerState
      const like = <T extends Tree>(leaves: readonly Tensor[]) => unflatten<T>(flat.structure, leaves)
      const batches = add(state['batches'] as Tensor, 1)
      const isDue = equal(remainder(batches, every), 0)
      const sums = given.leaves.map((gradient, i) => add(before[i]!, gradient))
      const mean = like<typeof gradients>(sums.map((sum) => div(sum, every)))
      const next = optimizer.update(mean, inner, params)
      return {
        params: chosen(isDue, next.params, params),
        state: {
          batches,
          sum: like(sums.map((sum) => where(isDue, 0, sum))),
          optimizer: chosen(isDue, next.state, inner),
        },
      }
    },
    ...handedOn(optimizer),
  }
}
