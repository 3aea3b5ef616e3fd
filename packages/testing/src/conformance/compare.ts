/** One comparison of a case: how far a result is from the expected one. */
export interface Check {
  /** which output, gradient or step */
  readonly what: string
  /** the largest |a − b| / max(1, |b|); Infinity where the two cannot be compared */
  readonly difference: number
  /** why they cannot be compared, or where the largest difference is */
  readonly note: string
}

/** What a case is run with. */
export interface Setting {
  readonly dtype: 'float64' | 'float32'
  /** the largest difference that passes */
  readonly tolerance: number
}

/** The agreement that the vectors promise in each precision. */
export const settings: Readonly<Record<Setting['dtype'], Setting>> = {
  float64: { dtype: 'float64', tolerance: 1e-9 },
  float32: { dtype: 'float32', tolerance: 1e-5 },
}

/** Compares numbers in order. Not-a-number equals itself, and so does each infinity. */
export function compareNumbers(
  what: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number | string>,
): Check {
  if (actual.length !== expected.length) {
    return { what, difference: Infinity, note: `${actual.length} numbers instead of ${expected.length}` }
  }
  let difference = 0
  let note = ''
  for (let i = 0; i < actual.length; i++) {
    const [a, b] = [actual[i]!, Number(expected[i]!)]
    if (Object.is(a, b) || a === b) continue
    const gap = Math.abs(a - b) / Math.max(1, Math.abs(b))
    const distance = Number.isNaN(gap) ? Infinity : gap
    if (distance <= difference) continue
    difference = distance
    note = `${a} instead of ${b} at ${i}`
  }
  return { what, difference, note }
}

/** Compares two shapes; null where they agree. */
export function compareShapes(
  what: string,
  actual: readonly number[],
  expected: readonly number[],
): Check | null {
  if (actual.join() === expected.join()) return null
  return {
    what,
    difference: Infinity,
    note: `shape [${actual.join(', ')}] instead of [${expected.join(', ')}]`,
  }
}
