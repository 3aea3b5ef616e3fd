import {
  concat,
  eye,
  foldIn,
  full,
  log,
  normal,
  refuse,
  repeat,
  tensor,
  uniform,
  type DType,
  type Shape,
  type Tensor,
} from '@tapeloop/core'
import { orthonormalRows } from './orthonormal.js'

/** How a parameter starts: its shape, and a draw from a key (deterministic: same key, same numbers). */
export interface Initializer {
  readonly shape: Shape
  draw(key: Tensor, dtype: DType): Tensor
}

/** Every entry the same. */
export function constantInit(value: number, shape: Shape): Initializer {
  return { shape, draw: (_key, dtype) => full(value, shape, dtype) }
}

/** Every entry 0. */
export function zerosInit(shape: Shape): Initializer {
  return constantInit(0, shape)
}

/** Uniform on ±bound. PyTorch's recurrent layers start every parameter so, with bound 1/√hiddenSize. */
export function uniformInit(bound: number, shape: Shape): Initializer {
  return { shape, draw: (key, dtype) => uniform(key, shape, { low: -bound, high: bound, dtype }) }
}

/** Normal with mean 0. */
export function normalInit(deviation: number, shape: Shape): Initializer {
  return { shape, draw: (key, dtype) => normal(key, shape, { deviation, dtype }) }
}

/**
 * Uniform on ±√(6 / (fanIn + fanOut)) for a kernel `[fanIn, fanOut]` (Glorot & Bengio, AISTATS 2010, equation 16). With
 * packed gates fanOut counts all of them, as in Keras.
 */
export function glorotUniform(shape: readonly [number, number]): Initializer {
  return uniformInit(Math.sqrt(6 / (shape[0] + shape[1])), shape)
}

/** Normal with deviation √(2 / fanIn) for a kernel `[fanIn, fanOut]` before relu (He et al., ICCV 2015, equation 10). */
export function heNormal(shape: Shape): Initializer {
  return normalInit(Math.sqrt(2 / shape[0]!), shape)
}

/**
 * `scale` times the identity in every H × H block of a recurrent kernel `[H, G·H]` (Le, Jaitly & Hinton 2015, section 3).
 *
 * @throws where the columns are not a multiple of the rows
 */
export function identityInit(shape: Shape, scale = 1): Initializer {
  const [rows, gates] = [shape[0]!, gatesOf('identityInit', shape)]
  return { shape, draw: (_key, dtype) => repeat(eye(rows, { dtype }), [1, gates]).mul(scale) }
}

/**
 * A random matrix `[rows, columns]` with orthonormal rows or columns, whichever are fewer (Saxe, McClelland & Ganguli,
 * ICLR 2014), uniform over such matrices.
 */
export function orthogonal(shape: readonly [number, number]): Initializer {
  const [rows, columns] = shape
  const size = { count: Math.min(rows, columns), length: Math.max(rows, columns) }
  return {
    shape,
    draw(key, dtype) {
      const matrix = orthonormalRows(key, size).cast(dtype)
      return rows === size.count ? matrix : matrix.transpose()
    },
  }
}

/**
 * A recurrent kernel `[H, G·H]` of which every H × H block is orthogonal by itself, so that no gate starts contracting.
 *
 * @throws where the columns are not a multiple of the rows
 */
export function orthogonalPerGate(shape: readonly [number, number]): Initializer {
  const block = orthogonal([shape[0], shape[0]])
  const gates = gatesOf('orthogonalPerGate', shape)
  return {
    shape,
    draw(key, dtype) {
      const blocks = Array.from({ length: gates }, (_, gate) => block.draw(foldIn(key, gate), dtype))
      return concat(blocks, 1)
    },
  }
}

/** A bias `[G·size]` that starts each gate's block at its value. */
export function gateBias(values: readonly number[], size: number): Initializer {
  const shape = [values.length * size]
  return {
    shape,
    draw: (_key, dtype) =>
      tensor(
        Float64Array.from({ length: shape[0]! }, (_, i) => values[Math.floor(i / size)]!),
        { dtype },
      ),
  }
}

/**
 * A bias `[gates · H]` by which a cell remembers for times between 1 and `longest` steps, spread evenly (Tallec & Ollivier
 * 2018, section 2): that of the gate numbered `forget` is ln U(1, longest − 1), that of the gate `input`, if it has one,
 * the opposite; those of the others are 0. For an LSTM, whose order is i, f, g, o:
 * `withInit(lstm, { bias: chronoBias({ longest: 784, gates: 4, forget: 1, input: 0 }) })`.
 *
 * @throws where `longest` is not a number above 2, or a gate is none; later where the bias has other gates
 */
export function chronoBias({
  longest,
  gates,
  forget,
  input,
}: {
  longest: number
  gates: number
  forget: number
  input?: number
}): (shape: Shape) => Initializer {
  if (!(longest > 2 && longest < Infinity))
    refuse('chronoBias', `longest is ${longest}; it must be a number of steps above 2`)
  for (const gate of input === undefined ? [forget] : [forget, input])
    if (!Number.isInteger(gate) || gate < 0 || gate >= gates)
      refuse('chronoBias', `gate ${gate} is none of the ${gates}; count them from 0`)
  return (shape) => {
    const size = shape[0]! / gates
    if (!Number.isInteger(size))
      refuse('chronoBias', `${gates} gates do not divide a bias of ${shape[0]} evenly`)
    return {
      shape,
      draw(key, dtype) {
        const keeps = log(uniform(key, [size], { low: 1, high: longest - 1, dtype }))
        const blocks = Array.from({ length: gates }, (_, gate) =>
          gate === forget ? keeps : keeps.mul(gate === input ? -1 : 0),
        )
        return concat(blocks)
      },
    }
  }
}

/** How many square blocks a kernel holds side by side. */
function gatesOf(name: string, [rows, columns]: Shape): number {
  const gates = columns! / rows!
  if (!Number.isInteger(gates))
    refuse(name, `${columns} columns are no number of ${rows} × ${rows} blocks; give a multiple of ${rows}`)
  return gates
}
