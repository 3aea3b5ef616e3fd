import type { ArrayOf, DType, TypedArray } from '@tapeloop/core'
import type { SafetensorsDtype, SafetensorsTensor } from '@tapeloop/formats'

/** Which typed array holds the numbers of each dtype, and what safetensors calls it. */
const rows: {
  readonly [D in DType]: {
    readonly name: SafetensorsDtype
    readonly array: new (length: number) => ArrayOf[D]
  }
} = {
  float64: { name: 'F64', array: Float64Array },
  float32: { name: 'F32', array: Float32Array },
  int32: { name: 'I32', array: Int32Array },
  bool: { name: 'BOOL', array: Uint8Array },
}

/** A zeroed typed array. */
export function allocate(dtype: DType, length: number): TypedArray {
  return new rows[dtype].array(length)
}

/** A dtype's name in safetensors. */
export function safetensorsDtype(dtype: DType): SafetensorsTensor['dtype'] {
  return rows[dtype].name
}

/** The dtype of that name; undefined where tensors have none like it. */
export function dtypeOf(name: SafetensorsDtype): DType | undefined {
  return (Object.keys(rows) as DType[]).find((dtype) => rows[dtype].name === name)
}
