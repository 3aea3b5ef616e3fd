import { orderOf } from '../graph.js'
import type { Node, Tensor } from '../tensor.js'

/** For each tensor the nodes that read it, once for each time; null stands for an output. */
export type Uses = ReadonlyMap<Tensor, readonly (Node | null)[]>

export function usesOf(outputs: readonly Tensor[]): Uses {
  const uses = new Map<Tensor, (Node | null)[]>()
  const use = (tensor: Tensor, by: Node | null) => {
    const list = uses.get(tensor)
    if (list) list.push(by)
    else uses.set(tensor, [by])
  }
  for (const node of orderOf(outputs)) for (const input of node.inputs) use(input, node)
  for (const output of outputs) use(output, null)
  return uses
}
