import { bodiesOf, orderOf, type Graph } from '../graph.js'
import type { ScanAttrs } from '../ops/scan.js'
import { showShape } from '../shape.js'
import type { Node, Tensor } from '../tensor.js'
import { showAttributes, showSpec } from './attributes.js'

/** A graph as boxes and arrows, which Mermaid and DOT write down each in its way. */
export interface Picture {
  readonly boxes: Box[]
  readonly groups: Group[]
}

export interface Box {
  readonly id: string
  readonly kind: 'input' | 'op' | 'literal' | 'output'
  readonly lines: readonly string[]
}

/** The body of a loop or of a function with a derivative of its own. */
interface Group extends Picture {
  readonly id: string
  readonly title: string
}

export interface Arrow {
  readonly from: string
  readonly to: string
  /** from the end of one step to the start of the next */
  readonly isNext: boolean
}

/** Draws a graph. The body of a loop is drawn once, in a frame, with an arrow back for each carry. */
export function draw(graph: Graph): { picture: Picture; arrows: readonly Arrow[] } {
  const arrows: Arrow[] = []
  const ids = new Map<Tensor, string>()
  let boxes = 0
  const connect = (from: Tensor, to: string, isNext = false) => {
    const id = ids.get(from)
    if (id !== undefined) arrows.push({ from: id, to, isNext })
  }
  const addBox = (picture: Picture, kind: Box['kind'], lines: readonly string[]) => {
    const id = `n${boxes++}`
    picture.boxes.push({ id, kind, lines })
    return id
  }
  const addBody = (picture: Picture, node: Node, name: string, body: Graph) => {
    const { carries = 0, sequences = 0, length, reverse } = node.attrs as Partial<ScanAttrs>
    const steps = length === undefined ? '' : ` × ${length}${reverse ? ', reversed' : ''}`
    const group: Group = { id: `g${boxes}`, title: `${node.op.name} ${name}${steps}`, boxes: [], groups: [] }
    picture.groups.push(group)
    addInputs(group, body, (i) => {
      if (length === undefined) return `input ${i}`
      if (i < carries) return `carry ${i}`
      return i < carries + sequences ? `sequence ${i - carries}` : `constant ${i - carries - sequences}`
    })
    node.inputs.forEach((input, i) => connect(input, ids.get(body.inputs[i]!)!))
    addNodes(group, body)
    for (let i = 0; i < carries; i++) connect(body.outputs[i]!, ids.get(body.inputs[i]!)!, true)
    node.outputs.forEach((output, i) => {
      const id = ids.get(body.outputs[i]!)
      if (id !== undefined) ids.set(output, id)
    })
  }
  const addInputs = (picture: Picture, { inputs }: Graph, nameOf: (i: number) => string) => {
    inputs.forEach((input, i) => ids.set(input, addBox(picture, 'input', [nameOf(i), showSpec(input)])))
  }
  const addNodes = (picture: Picture, { outputs }: Graph) => {
    for (const node of orderOf(outputs)) {
      const [first] = bodiesOf(node) // a derivative rule stands second, and is not drawn
      if (first) {
        addBody(picture, node, ...first)
        continue
      }
      const attributes = showAttributes(node)
      const kind = node.inputs.length === 0 ? 'literal' : 'op'
      const id = addBox(picture, kind, [node.op.name, attributes, node.outputs.map(showSpec).join(', ')])
      node.inputs.forEach((input) => connect(input, id))
      node.outputs.forEach((output) => ids.set(output, id))
    }
  }
  const picture: Picture = { boxes: [], groups: [] }
  addInputs(picture, graph, (i) => `input ${i}`)
  addNodes(picture, graph)
  graph.outputs.forEach((output, i) => {
    connect(output, addBox(picture, 'output', [`output ${i}`, showShape(output.shape)]))
  })
  return { picture, arrows }
}
