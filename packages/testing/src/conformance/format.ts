import { tensor, type DType, type Tensor } from '@tapeloop/core'

/** A number as JSON has it: what JSON cannot write is a string. */
export type JsonNumber = number | 'NaN' | 'Infinity' | '-Infinity'

/** A tensor in row-major order; float64 unless said, bool as 0 and 1. */
export interface VectorTensor {
  readonly shape: readonly number[]
  readonly data: readonly JsonNumber[]
  readonly dtype?: 'int64' | 'bool'
}

/** What a case says of itself besides numbers. */
export type Config = Readonly<Record<string, unknown>>

export type VectorTensors = Readonly<Record<string, VectorTensor>>

/** One case of a vector file: with these inputs and parameters come these outputs, this loss and these gradients. */
export interface VectorCase {
  readonly name: string
  readonly config: Config
  readonly inputs: VectorTensors
  readonly params: VectorTensors
  readonly outputs: Readonly<Record<string, unknown>>
  readonly loss: JsonNumber
  readonly grads: VectorTensors
}

/** A file of cases of one family. */
export interface VectorFile {
  readonly family: string
  readonly cases: readonly VectorCase[]
}

export function isVectorFile(json: unknown): json is VectorFile {
  return isRecord(json) && typeof json['family'] === 'string' && Array.isArray(json['cases'])
}

export function isVectorTensor(json: unknown): json is VectorTensor {
  return isRecord(json) && Array.isArray(json['shape']) && Array.isArray(json['data'])
}

export function isRecord(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

/** The tensor itself: floats in `dtype`, whole numbers as int32. */
function toTensor({ shape, data, dtype: kind }: VectorTensor, dtype: DType): Tensor {
  const own = kind === 'int64' ? 'int32' : kind === 'bool' ? 'bool' : dtype
  return tensor(data.map(Number), { shape, dtype: own })
}

export function toTensors(tensors: VectorTensors, dtype: DType): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, json]) => [name, toTensor(json, dtype)]))
}

/** A case that Tapeloop has nothing to run it with. */
export function unsupported(what: string): never {
  throw new Error(`${what} is not supported yet`)
}
