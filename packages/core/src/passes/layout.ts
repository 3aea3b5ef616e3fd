import { orderOf, type Graph } from '../graph.js'
import { primitives } from '../ops/index.js'
import { scanOp } from '../ops/scan.js'
import { apply, type Node, type Tensor } from '../tensor.js'
import { bytesOf, isNodeOf, type Builder } from './build.js'
import { network, sink, source } from './flow.js'
import { exchange, exchangePair, pairedNode, type Pair, type Paired } from './layout-rules.js'
import { rewriteLoops } from './rewrite.js'
import { simplifier } from './simplify.js'

const p = primitives

/**
 * Chooses in which order two axes such as batch and time are stored, so that the fewest bytes are copied by transposes
 * that exchange them: data comes batch first and loops want time first, but most ops between do not care. Each op that
 * can work either way is a vertex of a network, each value an edge of its size; a minimum cut says where to transpose.
 */
export function layout(graph: Graph): Graph {
  const inner = rewriteLoops(graph, (attrs, inputs) => {
    const body = layoutLevel(attrs.body)
    return body && apply(scanOp, inputs, { ...attrs, body })
  })
  return layoutLevel(inner) ?? inner
}

/**
 * A tensor with a pair. A *side* is one of the two ways to store it; `turned` is the side as written, true where the axes
 * stand the other way than in the tensor that the pair was first found in.
 */
interface Place {
  readonly pair: Pair
  readonly turned: boolean
  /** the tensor that this one is the transpose of, or itself */
  readonly root: Tensor
}

interface Plan {
  readonly places: ReadonlyMap<Tensor, Place>
  readonly nodes: ReadonlyMap<Node, Flexible>
}

/** A node that can work either way; `turned` is the side of its tensors as written. */
interface Flexible extends Paired {
  readonly turned: boolean
}

function layoutLevel({ inputs, outputs }: Graph): Graph | null {
  const order = orderOf(outputs)
  const plan = planOf(order)
  if (plan.places.size === 0) return null
  const values = valuesOf(order, outputs, plan)
  const sides = chooseSides(values, plan)
  const asWritten = new Map([...plan.nodes].map(([node, { turned }]) => [node, turned]))
  if (copiedBytes(values, sides) >= copiedBytes(values, asWritten)) return null
  return { inputs, outputs: emit(order, inputs, outputs, plan, sides) }
}

/** Follows pairs from every transpose of the first two axes through all ops that can do with them exchanged. */
function planOf(order: readonly Node[]): Plan {
  const neighbours = new Map<Tensor, Node[]>()
  for (const node of order) {
    for (const tensor of [...node.inputs, ...node.outputs]) {
      const all = neighbours.get(tensor)
      if (all) all.push(node)
      else neighbours.set(tensor, [node])
    }
  }
  const places = new Map<Tensor, Place>()
  const nodes = new Map<Node, Flexible>()
  const queue: Tensor[] = []
  const put = (tensor: Tensor, pair: Pair, turned: boolean) => {
    if (places.has(tensor)) return
    places.set(tensor, { pair, turned, root: tensor })
    queue.push(tensor)
  }
  const fits = (tensor: Tensor, pair: Pair | null, turned: boolean) => {
    const place = places.get(tensor)
    if (!pair || !place) return true
    const { a, b, flat } = place.pair
    return place.turned === turned && a === pair.a && b === pair.b && flat === pair.flat
  }
  const visit = (node: Node, known: Tensor) => {
    const { pair, turned } = places.get(known)!
    if (nodes.has(node)) return
    if (isExchange(node)) {
      const other = known === node.inputs[0] ? node.outputs[0]! : node.inputs[0]!
      if (!pair.flat) put(other, { a: pair.b, b: pair.a, flat: false }, !turned)
      return
    }
    const paired = pairedNode(node, known, pair)
    if (!paired) return
    const all = [
      ...node.inputs.map((x, i) => [x, paired.inputs[i]!] as const),
      [node.outputs[0]!, paired.output] as const,
    ]
    if (!all.every(([tensor, own]) => fits(tensor, own, turned))) return
    nodes.set(node, { ...paired, turned })
    for (const [tensor, own] of all) if (own) put(tensor, own, turned)
  }
  for (const { inputs } of order.filter(isExchange)) {
    const [a, b] = inputs[0]!.shape
    put(inputs[0]!, { a: a!, b: b!, flat: false }, false)
    for (let tensor = queue.pop(); tensor; tensor = queue.pop())
      for (const node of neighbours.get(tensor)!) visit(node, tensor)
  }
  for (const node of order.filter(isExchange)) {
    const [x, y] = [places.get(node.inputs[0]!), places.get(node.outputs[0]!)]
    if (x && y && isSameValue(x, y)) places.set(node.outputs[0]!, { ...y, root: x.root })
  }
  return { places, nodes }
}

/** A transpose that exchanges the first two axes. */
function isExchange(node: Node): boolean {
  return (
    isNodeOf(node, p.transpose) && node.attrs.permutation.join() === exchange(node.inputs[0]!.rank).join()
  )
}

/** Whether a transpose between two places only stores one value the other way. */
function isSameValue(x: Place, y: Place): boolean {
  return x.turned !== y.turned && !x.pair.flat && !y.pair.flat
}

/** A value that may be stored either way, and on which sides it is made and read. */
interface Value {
  readonly bytes: number
  /** a node that works either way, or the one side on which it is made */
  readonly maker: Node | boolean
  readonly readers: Set<Node | boolean>
}

function valuesOf(
  order: readonly Node[],
  outputs: readonly Tensor[],
  { places, nodes }: Plan,
): readonly Value[] {
  const values = new Map<Tensor, Value>()
  const read = (tensor: Tensor, by: Node | null) => {
    const place = places.get(tensor)
    if (!place) return
    const { root } = place
    let value = values.get(root)
    if (!value) {
      const isFlexible = nodes.get(root.node!)?.output
      const maker = isFlexible ? root.node! : places.get(root)!.turned
      values.set(root, (value = { bytes: bytesOf(root), maker, readers: new Set() }))
    }
    value.readers.add(by ?? place.turned)
  }
  for (const node of order) {
    const own = nodes.get(node)
    if (!isAlias(node, places)) node.inputs.forEach((input, i) => read(input, own?.inputs[i] ? node : null))
  }
  for (const output of outputs) read(output, null)
  return [...values.values()]
}

/** Whether the node's output is its input stored the other way. */
function isAlias(node: Node, places: Plan['places']): boolean {
  const place = places.get(node.outputs[0]!)
  return place !== undefined && place.root !== node.outputs[0]
}

function chooseSides(values: readonly Value[], { nodes }: Plan): ReadonlyMap<Node, boolean> {
  const net = network()
  const vertices = new Map([...nodes.keys()].map((node) => [node, net.vertex()]))
  const vertexOf = (end: Node | boolean) =>
    typeof end === 'boolean' ? (end ? sink : source) : vertices.get(end)!
  for (const { bytes, maker, readers } of values) {
    const [made, toTrue, toFalse] = [vertexOf(maker), net.vertex(), net.vertex()]
    net.edge(made, toTrue, bytes)
    net.edge(toFalse, made, bytes)
    for (const reader of readers) {
      net.edge(toTrue, vertexOf(reader), Infinity)
      net.edge(vertexOf(reader), toFalse, Infinity)
    }
  }
  const cut = net.cut()
  return new Map([...vertices].map(([node, vertex]) => [node, cut.isAfter(vertex)]))
}

/** Bytes of the values that are read on another side than they are made on. */
function copiedBytes(values: readonly Value[], sides: ReadonlyMap<Node, boolean>): number {
  const sideOf = (end: Node | boolean) => (typeof end === 'boolean' ? end : sides.get(end)!)
  return values
    .filter(({ maker, readers }) => [...readers].some((reader) => sideOf(reader) !== sideOf(maker)))
    .reduce((sum, { bytes }) => sum + bytes, 0)
}

function emit(
  order: readonly Node[],
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
  { places, nodes }: Plan,
  sides: ReadonlyMap<Node, boolean>,
): readonly Tensor[] {
  const b = simplifier()
  const map = new Map<Tensor, Tensor>()
  const stored = new Map<Tensor, Map<boolean, Tensor>>()
  const store = (root: Tensor, side: boolean, value: Tensor) => {
    const copies = stored.get(root) ?? new Map<boolean, Tensor>()
    stored.set(root, copies.set(side, value))
  }
  const stand = (root: Tensor, side: boolean, b: Builder): Tensor => {
    const known = stored.get(root)!.get(side)
    if (known) return known
    const { pair, turned } = places.get(root)!
    const from = turned === side ? { ...pair, a: pair.b, b: pair.a } : pair
    const copy = exchangePair(stored.get(root)!.get(!side)!, from, b)
    store(root, side, copy)
    return copy
  }
  const asWritten = (tensor: Tensor): Tensor => {
    const place = places.get(tensor)
    return place ? stand(place.root, place.turned, b) : (map.get(tensor) ?? tensor)
  }
  for (const input of inputs) {
    const place = places.get(input)
    if (place) store(input, place.turned, input)
  }
  for (const node of order) {
    if (isAlias(node, places)) continue
    const own = nodes.get(node)
    const side = own && sides.get(node)!
    const parts = node.inputs.map((x, i) =>
      own?.inputs[i] ? stand(places.get(x)!.root, side!, b) : asWritten(x),
    )
    const isTurned = own !== undefined && side !== own.turned
    const made = isTurned ? [own.exchanged(parts, b)] : b.make(node.op, parts, node.attrs, node)
    node.outputs.forEach((output, i) => {
      const place = places.get(output)
      if (place) store(output, own?.output ? side! : place.turned, made[i]!)
      else map.set(output, made[i]!)
    })
  }
  return outputs.map(asWritten)
}
