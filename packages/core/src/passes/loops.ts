import type { Graph } from '../graph.js'
import { distribute } from './distribute.js'
import { simplify } from './simplify.js'
import { split } from './split.js'

/**
 * The same program with as little as possible left inside its loops: what does not recur is computed for all steps at
 * once. For backends, on programs that nobody will differentiate any more. Sums may be taken in another order.
 */
export function liftFromLoops(graph: Graph): Graph {
  return simplify(distribute(split(simplify(graph))))
}
