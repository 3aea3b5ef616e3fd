import { expect, test } from 'vitest'
import { firstError, float32Bounds, float32Sweep } from '../../../fixtures/accuracy.js'
import { freshEngine, levels } from '../../../fixtures/bench.js'

test.each(float32Bounds)(
  '$op of float32 is within $ulps ulp for 4,096 mantissas of every exponent',
  (bound) => {
    for (const level of levels) {
      const engine = freshEngine(level)
      for (const numbers of float32Sweep(4096)) expect(firstError(engine, bound, numbers)).toBeNull()
    }
  },
)
