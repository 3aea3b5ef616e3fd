import {
  add,
  atan2,
  div,
  hypot,
  lerp,
  logAddExp,
  maximum,
  minimum,
  mul,
  pow,
  remainder,
  sub,
  where,
  type Tensor,
} from '@tapeloop/core'
import { given } from '../program.js'
import type { OpRules } from '../op-call.js'

const functions: Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>> = {
  add,
  sub,
  mul,
  div,
  maximum,
  minimum,
  atan2,
  hypot,
  pow,
  remainder,
  logaddexp: logAddExp,
}

/** Functions of two tensors that broadcast. */
export const binaryRules: OpRules = {
  ...Object.fromEntries(
    Object.entries(functions).map(([name, f]) => [
      name,
      ({ tensors }) => f(given(tensors, 'a'), given(tensors, 'b')),
    ]),
  ),
  where: ({ tensors }) =>
    where(given(tensors, 'cond').cast('bool'), given(tensors, 'a'), given(tensors, 'b')),
  lerp: ({ tensors }) => lerp(given(tensors, 'a'), given(tensors, 'b'), given(tensors, 'w')),
}
