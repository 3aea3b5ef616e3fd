import { programs } from '@tapeloop/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  apply,
  bodyForRows,
  compile,
  concat,
  independentRows,
  isFloat,
  orderOf,
  reference,
  vjp,
  type Graph,
  type Tensor,
  type TypedArray,
} from '../index.js'
import { sliceAxis } from '../ops/concat.js'
import type { ScanAttrs } from '../ops/scan.js'
import type { Node } from '../tensor.js'
import { isScan } from './build.js'
import { optimise } from './optimise.js'

/** Which loops were run in parts, and whether one of them has loops inside. */
let [split, nested] = [0, 0]

/** The outputs of a loop, made by one loop for its first row and one for the others; null where rows are mixed. */
function inParts(
  { attrs }: Node<ScanAttrs>,
  inputs: readonly Tensor[],
  op: Node['op'],
): readonly Tensor[] | null {
  const { body, carries, sequences } = attrs
  const rows = independentRows(attrs)
  if (rows === null) return null
  const axisOf = (value: Tensor, stacked: boolean) => {
    const axis = rows.axes.get(value) ?? null
    return axis !== null && stacked ? axis + 1 : axis
  }
  const ranges = [
    { first: 0, count: 1 },
    { first: 1, count: rows.count - 1 },
  ]
  const parts = ranges.map((range) => {
    const own = bodyForRows(attrs, rows, range)
    expect(own).not.toBeNull()
    const cut = inputs.map((input, i) => {
      const axis = axisOf(body.inputs[i]!, i >= carries && i < carries + sequences)
      return axis === null ? input : sliceAxis(input, axis, range.first, range.first + range.count)
    })
    return apply(op, cut, { ...attrs, body: own! })
  })
  split++
  if (orderOf(body.outputs).some(isScan)) nested++
  return body.outputs.map((output, i) => {
    const axis = i < carries ? axisOf(body.inputs[i]!, false) : axisOf(output, true)
    const [first, ...others] = parts.map((outputs) => outputs[i]!)
    return axis === null ? first! : concat([first!, ...others], axis)
  })
}

function withLoopsInParts({ inputs, outputs }: Graph): Graph {
  const map = new Map<Tensor, Tensor>()
  const now = (tensor: Tensor) => map.get(tensor) ?? tensor
  for (const node of orderOf(outputs)) {
    const own = node.inputs.map(now)
    const made = (isScan(node) && inParts(node, own, node.op)) || apply(node.op, own, node.attrs)
    node.outputs.forEach((output, i) => map.set(output, made[i]!))
  }
  return { inputs, outputs: outputs.map(now) }
}

function check(f: (...args: Tensor[]) => readonly Tensor[], args: readonly Tensor[]): void {
  const backend = {
    name: 'parts',
    compile: (graph: Graph) => ({
      run(inputs: readonly (TypedArray | object)[]) {
        const numbers = inputs as readonly TypedArray[]
        const program = optimise(graph)
        const whole = reference.compile(program, []).run(numbers)
        expect(reference.compile(withLoopsInParts(program), []).run(numbers)).toEqual(whole)
        return whole
      },
    }),
  }
  compile((...args: Tensor[]) => [...f(...args)], { backend })(...args)
}

test('loops run for some rows at a time give the same bits, forward and backward, nested ones too', () => {
  const plain = fc.property(programs(), ({ f, args }) => check(f, args))
  fc.assert(plain, { numRuns: 200, seed: 1 })
  const derived = fc.property(programs({ smooth: true }), ({ f, args }) => {
    check((...args) => {
      const floats = args.filter(({ dtype }) => isFloat(dtype))
      const again = (values: readonly Tensor[]) => {
        const left = [...values]
        return args.map((x) => (isFloat(x.dtype) ? left.shift()! : x))
      }
      const { value, pullback } = vjp((...values: Tensor[]) => f(...again(values)), ...floats)
      return [...value, ...pullback(value)]
    }, args)
  })
  fc.assert(derived, { numRuns: 100, seed: 1 })
  expect(split).toBeGreaterThan(100)
  expect(nested).toBeGreaterThan(10)
})
