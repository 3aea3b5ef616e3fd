import { refuse, type Tensor } from '@tapeloop/core'

/**
 * Refuses tensors that differ: in count, shape or dtype, or in an element by more than `tolerance` relative to the
 * largest magnitude of the expected tensor (at least 1). NaN equals NaN.
 *
 * @param tolerance 0 for the same bits (0 and −0 count as equal)
 */
export function checkClose(
  what: string,
  actual: readonly Tensor[],
  expected: readonly Tensor[],
  tolerance = 0,
): void {
  if (actual.length !== expected.length)
    refuse(what, `there are ${actual.length} results, ${expected.length} expected`)
  expected.forEach((y, i) => {
    const x = actual[i]!
    if (x.dtype !== y.dtype || x.shape.join() !== y.shape.join()) {
      refuse(what, `result ${i} is ${x.dtype} [${x.shape}], expected ${y.dtype} [${y.shape}]`)
    }
    const [a, b] = [x.dataSync(), y.dataSync()]
    let scale = 1
    for (const value of b) if (Number.isFinite(value)) scale = Math.max(scale, Math.abs(value))
    for (let j = 0; j < b.length; j++) {
      const same = a[j] === b[j] || (Number.isNaN(a[j]) && Number.isNaN(b[j]))
      if (!same && !(Math.abs(a[j]! - b[j]!) <= tolerance * scale)) {
        refuse(
          what,
          `element ${j} of result ${i} is ${a[j]}, expected ${b[j]}; all of it is\n${x}\nexpected\n${y}`,
        )
      }
    }
  })
}
