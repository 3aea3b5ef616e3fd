/** Numbers whose count is not known before. */
export interface GrowingNumbers {
  push(value: number): void
  /** What they take. */
  bytes(): number
  /** All of them, in an array of their own. */
  take(): Float64Array
}

/** An empty list of numbers, 8 bytes each. */
export function growingNumbers(): GrowingNumbers {
  let values = new Float64Array(16)
  let length = 0
  return {
    push(value) {
      if (length === values.length) {
        const larger = new Float64Array(2 * length)
        larger.set(values)
        values = larger
      }
      values[length++] = value
    },
    bytes: () => values.byteLength,
    take: () => values.slice(0, length),
  }
}
