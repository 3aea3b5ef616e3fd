import { allocate, dtypeOf, isDType, type DType, type TypedArray } from './dtype.js'
import { refuse } from './errors.js'
import { checkShape, showShape, sizeOf, type Shape } from './shape.js'
import { fromNumbers, numbersOf, type Tensor } from './tensor.js'

/** A number, or arrays of numbers nested to equal depth and lengths. */
export type Nested = number | boolean | readonly Nested[]

/**
 * A tensor from a number, nested arrays (their nesting is the shape), or a typed array or flat array with a shape.
 * Numbers become float32, booleans bool, typed arrays keep their own dtype (Uint8Array: bool), unless `dtype` says.
 * The numbers are copied.
 *
 * @throws where rows differ in length, or the shape has another number of elements than given
 */
export function tensor(data: Nested | TypedArray, options: { shape?: Shape; dtype?: DType } = {}): Tensor {
  if (ArrayBuffer.isView(data)) {
    const own = dtypeOf(data)
    if (own === null) {
      return refuse(
        'tensor',
        `a ${(data as object).constructor.name} has no dtype here; use Float32Array, Float64Array, Int32Array or Uint8Array`,
      )
    }
    return build(data, options.shape ?? [data.length], options.dtype ?? own)
  }
  const { shape, numbers, isBool } = unnest(data)
  return build(numbers, options.shape ?? shape, options.dtype ?? (isBool ? 'bool' : 'float32'))
}

/** The elements as nested arrays; a scalar as a number. bool elements are `true` and `false`. */
export function toNested(x: Tensor): Nested {
  const numbers = numbersOf(x)
  const build = (axis: number, from: number, length: number): Nested => {
    if (axis === x.rank) return x.dtype === 'bool' ? numbers[from] !== 0 : numbers[from]!
    const extent = x.shape[axis]!
    const step = extent === 0 ? 0 : length / extent
    return Array.from({ length: extent }, (_, i) => build(axis + 1, from + i * step, step))
  }
  return build(0, 0, numbers.length)
}

function build(numbers: ArrayLike<number>, shape: Shape, dtype: DType): Tensor {
  checkShape('tensor', shape)
  if (!isDType(dtype))
    refuse('tensor', `there is no dtype ${String(dtype)}; use float64, float32, int32 or bool`)
  if (sizeOf(shape) !== numbers.length) {
    refuse(
      'tensor',
      `${numbers.length} numbers do not fill shape ${showShape(shape)}, which has ${sizeOf(shape)} elements`,
    )
  }
  if (dtype === 'int32') checkWhole(numbers)
  const value = allocate(dtype, numbers.length)
  if (dtype === 'bool') for (let i = 0; i < value.length; i++) value[i] = numbers[i] === 0 ? 0 : 1
  else value.set(numbers)
  return fromNumbers(value, [...shape], dtype)
}

function checkWhole(numbers: ArrayLike<number>): void {
  if (numbers instanceof Int32Array || numbers instanceof Uint8Array) return
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i]!
    if (value !== (value | 0))
      refuse('tensor', `element ${i} is ${value}, which int32 cannot hold; round it, or use a float dtype`)
  }
}

function unnest(data: Nested): { shape: number[]; numbers: number[]; isBool: boolean } {
  const shape: number[] = []
  for (let part = data; Array.isArray(part); part = part[0] as Nested) {
    shape.push(part.length)
    if (part.length === 0) break
  }
  const numbers: number[] = []
  let isBool = false
  const visit = (part: Nested, axis: number) => {
    const isRow = Array.isArray(part)
    if (isRow !== axis < shape.length || (isRow && part.length !== shape[axis])) {
      const found = isRow ? `${part.length} entries` : `the single value ${String(part)}`
      refuse(
        'tensor',
        `the nested arrays are ragged: axis ${axis} has ${shape[axis] ?? 'no'} entries in one place and ${found} in another`,
      )
    }
    if (isRow) for (const entry of part as readonly Nested[]) visit(entry, axis + 1)
    else if (typeof part === 'number' || typeof part === 'boolean') {
      isBool ||= typeof part === 'boolean'
      numbers.push(Number(part))
    } else refuse('tensor', `an element is ${String(part)}, not a number`)
  }
  visit(data, 0)
  return { shape, numbers, isBool }
}
