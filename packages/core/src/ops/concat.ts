import { refuse } from '../errors.js'
import type { Op } from '../op.js'
import { resolveAxis, showShape, sizeOf } from '../shape.js'
import { apply1, type Tensor } from '../tensor.js'
import { sameAxis } from './along.js'
import { spread } from './elementwise.js'
import { sliceOp } from './movement.js'

export const concatOp: Op<{ readonly axis: number }> = {
  name: 'concat',
  formula: 'y = [a; b]',
  cost: 'free',
  along: (axes, _inputs, { axis }) => {
    const along = sameAxis(axes)
    return along !== axis && along
  },
  infer(inputs, { axis }) {
    const [first] = inputs
    let extent = 0
    inputs.forEach(({ shape, dtype }, i) => {
      if (dtype !== first!.dtype) {
        refuse('concat', `part 0 is ${first!.dtype} and part ${i} is ${dtype}; cast(…) one of them`)
      }
      const odd = first!.shape.findIndex((size, a) => a !== axis && size !== shape[a])
      if (shape.length !== first!.shape.length || odd >= 0) {
        refuse(
          'concat',
          `part 0 has shape ${showShape(first!.shape)} and part ${i} has ${showShape(shape)}; ` +
            `they may differ only along axis ${axis}`,
        )
      }
      extent += shape[axis]!
    })
    return [{ shape: first!.shape.map((size, a) => (a === axis ? extent : size)), dtype: first!.dtype }]
  },
  kernel(inputs, { axis }, [y]) {
    const inner = sizeOf(y!.shape.slice(axis + 1))
    const row = y!.shape[axis]! * inner
    const rows = inputs.map(({ shape }) => shape[axis]! * inner)
    const outer = sizeOf(y!.shape.slice(0, axis))
    return (parts, [y]) => {
      let at = 0
      parts.forEach((part, i) => {
        const length = rows[i]!
        for (let o = 0; o < outer; o++) {
          for (let j = 0; j < length; j++) y![o * row + at + j] = part[o * length + j]!
        }
        at += length
      })
    }
  },
  derivative: {
    kind: 'linear',
    transpose(g, i, inputs, { axis }) {
      const from = inputs.slice(0, i).reduce((at, { shape }) => at + shape[axis]!, 0)
      return sliceAxis(g, axis, from, from + inputs[i]!.shape[axis]!)
    },
  },
  batch: (inputs, batched, { axis }, size) => [
    apply1(concatOp, spread(inputs, batched, size), { axis: axis + 1 }),
  ],
}

/** The parts one after the other along an axis; they agree along all others. */
export function concat(parts: readonly Tensor[], axis = 0): Tensor {
  const [first] = parts
  if (first === undefined) return refuse('concat', 'there are no parts; give at least one tensor')
  const resolved = resolveAxis('concat', axis, first.rank)
  return parts.length === 1 ? first : apply1(concatOp, parts, { axis: resolved })
}

/** x[…, from:to, …] along one axis. Bounds outside the axis are refused. */
export function sliceAxis(x: Tensor, axis: number, from: number, to: number): Tensor {
  const resolved = resolveAxis('slice', axis, x.rank)
  if (from === 0 && to === x.shape[resolved]) return x
  return apply1(sliceOp, [x], {
    start: x.shape.map((_, a) => (a === resolved ? from : 0)),
    stop: x.shape.map((extent, a) => (a === resolved ? to : extent)),
    step: x.shape.map(() => 1),
  })
}
