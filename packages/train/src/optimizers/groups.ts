import { checkStructure, flatten, mapTree, refuse, type Tensor, type Tree } from '@tapeloop/core'
import type { Optimizer, OptimizerState } from './optimizer.js'

/**
 * An optimizer for each group of parameters, for example one without weight decay for the biases.
 *
 * State: for each group its optimizer's state, over the group's parameters by their dotted paths.
 *
 * @example
 * groups((path) => (path.endsWith('bias') ? 'plain' : 'decayed'), {
 *   decayed: adamw({ weightDecay: 0.1 }),
 *   plain: adamw({ weightDecay: 0 }),
 * })
 * @param groupOf the group of a parameter, by its dotted path and the tensor (its shape and dtype)
 * @throws where `groupOf` names a group that has no optimizer
 */
export function groups<Name extends string>(
  groupOf: (path: string, parameter: Tensor) => Name,
  optimizers: Readonly<Record<Name, Optimizer>>,
): Optimizer {
  const members = Object.entries<Optimizer>(optimizers)

  /** The tensors of each group by the paths that their parameters have. */
  function partition(params: Tree, record: Tree): ReadonlyMap<string, Record<string, Tensor>> {
    const flat = flatten(params, 'groups', '')
    const { leaves, paths } = flat
    const given = flatten(record, 'groups', '')
    checkStructure('groups', flat, given)
    const values = given.leaves
    const parts = new Map(members.map(([name]) => [name, {} as Record<string, Tensor>]))
    leaves.forEach((leaf, i) => {
      const path = paths[i]!
      const name = groupOf(path, leaf)
      const part = parts.get(name)
      if (part === undefined) {
        const known = members.map(([name]) => name).join(', ')
        return refuse(
          'groups',
          `the parameter ${path} is put in group ${name}, which has no optimizer; use one of ${known}`,
        )
      }
      part[path] = values[i]!
    })
    return parts
  }

  /** A record like the parameters from those of each group. */
  function joined<Params extends Tree>(params: Params, parts: readonly Tree[]): Params {
    const updated = new Map(parts.flatMap((part) => Object.entries(part as Record<string, Tensor>)))
    return mapTree(params, (_leaf, path) => updated.get(path)!)
  }

  return {
    name: 'groups',
    init(params) {
      const parts = partition(params, params)
      return Object.fromEntries(members.map(([name, member]) => [name, member.init(parts.get(name)!)]))
    },
    update(gradients, state, params) {
      const parts = partition(params, params)
      const downhill = partition(params, gradients)
      const results = members.map(([name, member]) => {
        const own = state[name] as OptimizerState
        return [name, member.update(downhill.get(name)!, own, parts.get(name)!)] as const
      })
      return {
        params: joined(
          params,
          results.map(([, result]) => result.params),
        ),
        state: Object.fromEntries(results.map(([name, result]) => [name, result.state])),
      }
    },
    ...(members.some(([, { observe }]) => observe) && {
      observe: (loss, state) =>
        Object.fromEntries(
          members.map(([name, { observe }]) => {
            const own = state[name] as OptimizerState
            return [name, observe ? observe(loss, own) : own]
          }),
        ),
    }),
    ...(members.some(([, { average }]) => average) && {
      average(state, params) {
        const parts = partition(params, params)
        return joined(
          params,
          members.map(([name, { average }]) => {
            const part = parts.get(name)!
            return average ? average(state[name] as OptimizerState, part) : part
          }),
        )
      },
    }),
  }
}
