import type { Tensor } from '../tensor.js'
import { broadcastOperands, type Operand } from '../ops/arithmetic.js'
import { selectOp } from '../ops/select.js'
import { broadcastTo } from '../ops/movement.js'
import { broadcastShapes } from '../shape.js'
import { refuse } from '../errors.js'
import { apply1 } from '../tensor.js'

/**
 * a where the bool condition holds, else b; all three broadcast. The branch not taken gets gradient exactly 0, whatever
 * its value.
 */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  if (condition.dtype !== 'bool')
    refuse('where', `the condition is ${condition.dtype}; compare it with something to get a bool`)
  const branches = broadcastOperands('where', [a, b])
  const shape = broadcastShapes('where', condition.shape, branches[0]!.shape)
  return apply1(
    selectOp,
    [condition, ...branches].map((x) => broadcastTo(x, shape)),
    {},
  )
}
