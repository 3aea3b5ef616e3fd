import type { Node } from './graph.js'
import { acceptsRowMajor, rowMajorOf, settle, wanted, type Scope } from './scope.js'

/** Adds a call of the op's reference kernel, over the same memory. */
export function emitHost(scope: Scope, node: Node): void {
  const kernel = node.op.kernel(node.inputs, node.attrs, node.outputs)
  const places = node.outputs.map((y) => wanted(scope, y, acceptsRowMajor(y)))
  const operand = (tensor: Node['inputs'][number], place: (typeof places)[number]) => ({
    address: place,
    dtype: tensor.dtype,
    length: tensor.size,
  })
  const count = node.inputs.length
  scope.list.push({
    kind: 'host',
    operands: [
      ...node.inputs.map((x) => operand(x, rowMajorOf(scope, x))),
      ...node.outputs.map((y, i) => operand(y, places[i]!)),
    ],
    run: (operands) => kernel(operands.slice(0, count), operands.slice(count)),
  })
  node.outputs.forEach((y, i) => settle(scope, y, places[i]!))
}
