import {
  concat,
  eye,
  foldIn,
  full,
  log,
  normal,
  refuse,
  repeat,
  Tensor,
  tensor,
  uniform,
  type DType,
  type Shape,
} from '@tapeloop/core'

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
 * ICLR 2014): the Q of a normal matrix, uniform over such matrices.
 */
export function orthogonal(shape: readonly [number, number]): Initializer {
  const [rows, columns] = shape
  const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)]
  return {
    shape,
    draw(key, dtype) {
      const basis = orthonormalise(
        normal(key, [count, length], { dtype: 'float64' }).dataSync(),
        count,
        length,
      )
      const matrix = tensor(basis, { shape: [count, length], dtype })
      return rows === count ? matrix : matrix.transpose()
    },
  }
}

/**
 * A recurrent kernel `[H, G·H]` of which every H × H block is orthogonal by itself, so that no gate starts contracting.
 *
 * @throws where the columns are not a multiple of the rows
 */
export function orthogonalPerGate(shape: readonly [number, number]): Initializer {
  const [rows, columns] = shape
  const gates = gatesOf('orthogonalPerGate', shape)
  return {
    shape,
    draw(key, dtype) {
      const block = orthogonal([rows, rows])
      const numbers = new Float64Array(rows * columns)
      for (let gate = 0; gate < gates; gate++) {
        const drawn = block.draw(foldIn(key, gate), 'float64').dataSync()
        for (let row = 0; row < rows; row++) {
          numbers.set(drawn.subarray(row * rows, (row + 1) * rows), row * columns + gate * rows)
        }
      }
      return tensor(numbers, { shape, dtype })
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

/** Gram and Schmidt, twice: once is not enough in floating point (Giraud, Langou & Rozložník 2005). */
function orthonormalise(numbers: ArrayLike<number>, count: number, length: number): Float64Array {
  const rows = Float64Array.from(numbers)
  for (let i = 0; i < count; i++) {
    const row = rows.subarray(i * length, (i + 1) * length)
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const other = rows.subarray(j * length, (j + 1) * length)
        let dot = 0
        for (let k = 0; k < length; k++) dot += row[k]! * other[k]!
        for (let k = 0; k < length; k++) row[k]! -= dot * other[k]!
      }
    }
    let square = 0
    for (let k = 0; k < length; k++) square += row[k]! ** 2
    const scale = 1 / Math.sqrt(square)
    for (let k = 0; k < length; k++) row[k]! *= scale
  }
  return rows
}
