import { checkStructure, flatten, refuse, type Tree } from '@tapeloop/core'
import { handedOn, type Optimizer, type OptimizerState } from './optimizer.js'

/** What changes gradients before an optimizer sees them, and remembers nothing: clipping, say. */
export type GradientFunction = <Params extends Tree>(gradients: Params, params: Params) => Params

/** What changes gradients and remembers something, as a pair of pure functions like those of an optimizer. */
export interface GradientTransform {
  /** The state before the first update. */
  init(params: Tree): OptimizerState
  /** The changed gradients, and the new state. */
  update<Params extends Tree>(
    gradients: Params,
    state: OptimizerState,
    params: Params,
  ): { readonly gradients: Params; readonly state: OptimizerState }
}

/**
 * An optimizer that sees the gradients changed, by one link after the other.
 *
 * State: `links`, the state of each link that has one by its place, and `optimizer`.
 *
 * @example
 * chain((gradients) => clipByNorm(gradients, 1), (gradients) => clipByValue(gradients, 0.1), adam())
 * @throws where a link gives gradients of another structure, naming the first path
 */
export function chain(
  ...parts: readonly [...(GradientFunction | GradientTransform)[], Optimizer]
): Optimizer {
  const optimizer = parts.at(-1) as Optimizer | undefined
  if (optimizer === undefined || typeof optimizer === 'function')
    return refuse('chain', 'the last part is no optimizer; end it with one')
  const links = parts.slice(0, -1) as readonly (GradientFunction | GradientTransform)[]
  return {
    name: 'chain',
    init(params) {
      const states = links.flatMap((link, i) =>
        typeof link === 'function' ? [] : [[String(i), link.init(params)] as const],
      )
      return { links: Object.fromEntries(states), optimizer: optimizer.init(params) }
    },
    update(gradients, state, params) {
      const before = state['links'] as Readonly<Record<string, OptimizerState>>
      const after: Record<string, OptimizerState> = {}
      const flat = flatten(params, 'chain', '')
      let changed = gradients
      links.forEach((link, i) => {
        if (typeof link === 'function') changed = link(changed, params)
        else {
          const result = link.update(changed, before[i]!, params)
          changed = result.gradients
          after[i] = result.state
        }
        checkStructure(`chain: the gradients of link ${i}`, flat, flatten(changed, 'chain', ''))
      })
      const result = optimizer.update(changed, state['optimizer'] as OptimizerState, params)
      return { params: result.params, state: { links: after, optimizer: result.state } }
    },
    ...handedOn(optimizer),
  }
}
