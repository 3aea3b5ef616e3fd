import { foldIn, full, normal, refuse, Tensor, tensor, uniform, type DType, type Shape } from '@tapeloop/core'

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
  const gates = columns / rows
  if (!Number.isInteger(gates)) {
    refuse(
      'orthogonalPerGate',
      `${columns} columns are no number of ${rows} × ${rows} blocks; give a multiple of ${rows}`,
    )
  }
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
