import type { DType } from '../dtype.js'
import { refuse } from '../errors.js'
import { add, mul } from '../ops/arithmetic.js'
import { full, iota } from '../ops/literal.js'
import { concat } from '../ops/concat.js'
import { cast } from '../ops/select.js'
import type { Tensor } from '../tensor.js'
import { checkCount } from './check.js'

/** start, start + step, … up to but without stop: `[⌈(stop − start) / step⌉]`; float32 unless said. `iota` counts in int32. */
export function arange(start: number, stop: number, step = 1, dtype: DType = 'float32'): Tensor {
  for (const [name, value] of Object.entries({ start, stop, step })) {
    if (!Number.isFinite(value)) refuse('arange', `${name} is ${value}; it must be a finite number`)
  }
  if (step === 0) refuse('arange', 'the step is 0; use a positive or a negative one')
  return spaced(start, step, Math.max(0, Math.ceil((stop - start) / step)), dtype)
}

/** `count` numbers in equal steps from start to stop, both included; float32 unless said. */
export function linspace(start: number, stop: number, count: number, dtype: DType = 'float32'): Tensor {
  checkCount('linspace', 'the count', count, 0)
  if (count < 2) return full(start, [count], dtype)
  const most = spaced(start, (stop - start) / (count - 1), count - 1, dtype)
  return concat([most, full(stop, [1], dtype)])
}

/** Computed in float64, then rounded once. */
function spaced(start: number, step: number, count: number, dtype: DType): Tensor {
  return cast(add(mul(cast(iota(count), 'float64'), step), start), dtype)
}
