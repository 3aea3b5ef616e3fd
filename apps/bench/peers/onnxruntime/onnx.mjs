/** Writes ONNX models: the few fields of the protocol buffer that a graph of tensors needs (onnx.proto, opset 14). */

const varint = (n) => {
  const bytes = []
  for (let rest = BigInt.asUintN(64, BigInt(n)); ; rest >>= 7n) {
    if (rest < 128n) return Uint8Array.from([...bytes, Number(rest)])
    bytes.push(Number(rest & 127n) | 128)
  }
}
const bytesOf = (text) => (typeof text === 'string' ? new TextEncoder().encode(text) : text)
const join = (parts) => Buffer.concat(parts)
const number = (field, value) => join([varint(field * 8), varint(value)])
const block = (field, content) => {
  const bytes = bytesOf(content)
  return join([varint(field * 8 + 2), varint(bytes.length), bytes])
}
const blocks = (field, contents) => join(contents.map((content) => block(field, content)))

const types = { float32: 1, int64: 7 }

const valueInfo = (name, { shape, dtype = 'float32' }) => {
  const extents = blocks(
    1,
    shape.map((extent) => number(1, extent)),
  )
  return join([block(1, name), block(2, block(1, join([number(1, types[dtype]), block(2, extents)])))])
}

const initializer = (name, shape, numbers) => {
  const dtype = numbers instanceof BigInt64Array ? 'int64' : 'float32'
  const raw = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
  const dims = shape.map((extent) => number(1, extent))
  return join([...dims, number(2, types[dtype]), block(8, name), block(9, raw)])
}

const node = (op, inputs, outputs, attributes) =>
  join([
    blocks(1, inputs),
    blocks(2, outputs),
    block(4, op),
    blocks(
      5,
      Object.entries(attributes).map(([name, value]) =>
        join([block(1, name), number(3, value), number(20, 2)]),
      ),
    ),
  ])

/** A graph under construction: every method adds to it and returns the names of values. */
export function graph() {
  const [nodes, constants, inputs, outputs] = [[], [], [], []]
  let values = 0
  const fresh = () => `v${values++}`
  const g = {
    /** An op with one result; an absent input in the middle is ''. */
    op(name, operands, attributes = {}) {
      const result = fresh()
      nodes.push(node(name, operands, [result], attributes))
      return result
    },
    /** An op with several results. */
    ops(name, operands, count, attributes = {}) {
      const results = Array.from({ length: count }, fresh)
      nodes.push(node(name, operands, results, attributes))
      return results
    },
    constant(shape, numbers) {
      const name = fresh()
      constants.push(initializer(name, shape, numbers))
      return name
    },
    input(name, shape, dtype) {
      inputs.push(valueInfo(name, { shape, dtype }))
      return name
    },
    output(name, value, shape) {
      nodes.push(node('Identity', [value], [name], {}))
      outputs.push(valueInfo(name, { shape }))
    },
    split: (x, count, axis) => (count === 1 ? [x] : g.ops('Split', [x], count, { axis })),
    concat: (parts, axis) => (parts.length === 1 ? parts[0] : g.op('Concat', parts, { axis })),
    /** a·b + c, either transposed by 1 */
    gemm: (a, b, { c, transA = 0, transB = 0 } = {}) =>
      g.op('Gemm', c === undefined ? [a, b] : [a, b, c], { transA, transB }),
    /** The model as the bytes of a file. */
    bytes() {
      const body = [
        blocks(1, nodes),
        block(2, 'g'),
        blocks(5, constants),
        blocks(11, inputs),
        blocks(12, outputs),
      ]
      return join([number(1, 8), block(7, join(body)), block(8, number(2, 14))])
    },
  }
  return g
}
