import { toNumbers, type DType, type Resident, type TypedArray, type Value } from '@tapeloop/core'
import type { Heap } from './heap.js'

/** Numbers in the heap of a backend. */
export class Kept implements Resident {
  readonly heap: Heap
  readonly address: number
  readonly dtype: DType
  readonly length: number

  constructor(heap: Heap, address: number, dtype: DType, length: number) {
    this.heap = heap
    this.address = address
    this.dtype = dtype
    this.length = length
  }

  read(): TypedArray {
    return this.heap.read(this.dtype, this.address, this.length)
  }
}

/** Brings values into a heap, and keeps them there. */
export interface Residency {
  /** The address of a value's numbers. What is brought for one run only is added to `passing`. */
  bring(value: Value, dtype: DType, passing: number[]): number
  /** A donated value in the heap; the same object, if it was there already. */
  take(value: Value, dtype: DType): Kept
  /** Gives the memory of a taken value back. */
  drop(kept: Kept): void
}

export function createResidency(heap: Heap): Residency {
  const forgotten = new FinalizationRegistry((address: number) => heap.free(address))
  /** where arrays are that came more than once, as parameters do; null for those that came once */
  const remembered = new WeakMap<TypedArray, number | null>()
  const upload = (numbers: TypedArray, dtype: DType) => {
    const address = heap.allocate(numbers.byteLength)
    heap.write(dtype, address, numbers)
    return address
  }
  return {
    bring(value, dtype, passing) {
      if (value instanceof Kept && value.heap === heap) return value.address
      const numbers = toNumbers(value)
      const known = remembered.get(numbers)
      if (typeof known === 'number') return known
      const address = upload(numbers, dtype)
      if (known === null) {
        remembered.set(numbers, address)
        forgotten.register(numbers, address)
      } else {
        remembered.set(numbers, null)
        passing.push(address)
      }
      return address
    },
    take(value, dtype) {
      if (value instanceof Kept && value.heap === heap) return value
      const numbers = toNumbers(value)
      const kept = new Kept(heap, upload(numbers, dtype), dtype, numbers.length)
      forgotten.register(kept, kept.address, kept)
      return kept
    },
    drop(kept) {
      forgotten.unregister(kept)
      heap.free(kept.address)
    },
  }
}
