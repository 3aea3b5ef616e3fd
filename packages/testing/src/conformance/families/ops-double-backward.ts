import {
  div,
  exp,
  grad,
  logSumExp,
  matmul,
  mul,
  neg,
  sigmoid,
  sin,
  square,
  sum,
  tanh,
  type Tensor,
} from '@tapeloop/core'
import { textOf } from '../op-call.js'
import { unsupported } from '../format.js'
import { given, programs } from '../program.js'

/** The scalar functions of z = x·w that are differentiated twice. */
const functions: Readonly<Record<string, (z: Tensor) => Tensor>> = {
  tanh_mlp: (z) => square(tanh(z)),
  sigmoid_mul: (z) => mul(sigmoid(z), exp(neg(square(z)))),
  logsumexp: (z) => logSumExp(z, -1),
  div: (z) => div(z, sin(z).add(2)),
}

/** The gradient with respect to w is the output, and is differentiated again. */
export const opsDoubleBackward = programs(({ config }) => {
  const op = textOf(config, 'op')
  const f = functions[op] ?? unsupported(`the double gradient of ${op}`)
  return (tensors) => {
    const x = given(tensors, 'x')
    return { grad_w: grad((w: Tensor) => sum(f(matmul(x, w))))(given(tensors, 'w')) }
  }
})
