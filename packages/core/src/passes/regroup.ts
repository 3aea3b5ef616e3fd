import { isPlaceholder, orderOf } from '../graph.js'
import type { Node, Tensor } from '../tensor.js'
import type { Builder } from './build.js'
import { components } from './components.js'

/** Nodes of one level that are made together, in another way than each alone. */
export interface Group {
  readonly members: readonly Node[]
  /** The new values of those outputs of the members that are read outside the group. `look` knows all they need. */
  make(look: (tensor: Tensor) => Tensor, b: Builder): readonly (readonly [Tensor, Tensor])[]
}

/** Rebuilds a level with each group in one go. A group that would have to wait for itself is left as it is. */
export function regroup(outputs: readonly Tensor[], groups: readonly Group[], b: Builder): readonly Tensor[] {
  const order = orderOf(outputs)
  let kept = groups
  for (;;) {
    const groupOf = new Map(kept.flatMap((group) => group.members.map((member) => [member, group] as const)))
    const unitOf = (node: Node): Node | Group => groupOf.get(node) ?? node
    const before = (unit: Node | Group): readonly (Node | Group)[] => {
      const nodes = 'members' in unit ? unit.members : [unit]
      const inputs = nodes.flatMap(({ inputs }) => inputs).filter((input) => !isPlaceholder(input))
      const needs = inputs.map(({ node }) => unitOf(node!))
      return needs.filter((need) => need !== unit)
    }
    const parts = components(order.map(unitOf), before)
    const circular = parts.find((part) => part.length > 1)
    if (!circular) return build(parts.flat(), outputs, b)
    const drop = circular.find((unit) => 'members' in unit)
    kept = kept.filter((group) => group !== drop)
  }
}

function build(units: readonly (Node | Group)[], outputs: readonly Tensor[], b: Builder): readonly Tensor[] {
  const map = new Map<Tensor, Tensor>()
  const look = (tensor: Tensor) => map.get(tensor) ?? tensor
  for (const unit of units) {
    if ('members' in unit) for (const [old, made] of unit.make(look, b)) map.set(old, made)
    else {
      const made = b.make(unit.op, unit.inputs.map(look), unit.attrs, unit)
      unit.outputs.forEach((output, i) => map.set(output, made[i]!))
    }
  }
  return outputs.map(look)
}
