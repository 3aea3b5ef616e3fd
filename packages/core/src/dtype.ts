/** The number formats a tensor can have. float32 unless said; float64 for proofs; int32 for indices; bool for masks. */
export type DType = 'float64' | 'float32' | 'int32' | 'bool'

/** Which typed array holds the elements of each dtype. */
export interface ArrayOf {
  float64: Float64Array
  float32: Float32Array
  int32: Int32Array
  bool: Uint8Array
}

/** The typed arrays that hold elements. */
export type TypedArray = ArrayOf[DType]

const constructors = { float64: Float64Array, float32: Float32Array, int32: Int32Array, bool: Uint8Array }

/** A zeroed typed array of `length` elements. */
export function allocate(dtype: DType, length: number): TypedArray {
  return new constructors[dtype](length)
}

/** Whether a value names a dtype. */
export function isDType(value: unknown): value is DType {
  return typeof value === 'string' && Object.hasOwn(constructors, value)
}

/** Whether derivatives exist for this dtype. */
export function isFloat(dtype: DType): dtype is 'float64' | 'float32' {
  return dtype === 'float64' || dtype === 'float32'
}

/** The dtype a typed array stands for; null for arrays that stand for none. */
export function dtypeOf(data: ArrayBufferView): DType | null {
  if (data instanceof Float64Array) return 'float64'
  if (data instanceof Float32Array) return 'float32'
  if (data instanceof Int32Array) return 'int32'
  if (data instanceof Uint8Array) return 'bool'
  return null
}
