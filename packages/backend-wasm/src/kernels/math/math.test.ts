import { describe, expect, test } from 'vitest'
import { firstError, float32Bounds, float32Sweep, results, ulp } from '../../../fixtures/accuracy.js'
import { freshEngine, levels } from '../../../fixtures/bench.js'

describe.each(levels)('at level %s', (level) => {
  const engine = freshEngine(level)

  test.each(float32Bounds)('$op of float32 is within $ulps ulp', (bound) => {
    for (const numbers of float32Sweep(67)) expect(firstError(engine, bound, numbers)).toBeNull()
  })

  test.each([
    { op: 'exp', ulps: 2, subnormal: true },
    { op: 'expm1', ulps: 3, subnormal: true },
    { op: 'log', ulps: 2 },
    { op: 'log1p', ulps: 2, subnormal: true },
    { op: 'tanh', ulps: 5, subnormal: true },
    { op: 'sigmoid', ulps: 3, subnormal: true },
    { op: 'erf', ulps: 16 }, // most of it the reference's
    { op: 'sin', ulps: 2, subnormal: true },
    { op: 'cos', ulps: 2, subnormal: true },
    { op: 'sqrt', ulps: 0.5, subnormal: true },
  ] as const)('$op of float64 is within $ulps ulp', (bound) => {
    const powers = Array.from({ length: 2 * 2098 }, (_, i) => (i % 2 ? -1 : 1) * 1.37 * 2 ** (i / 2 - 1074))
    const around1 = Array.from({ length: 4000 }, (_, i) => (i - 2000) / 97.3)
    const ends = [0, -0, Infinity, -Infinity, NaN, 709.78, 709.79, -708.4, -745.1, -745.2, -746, 1, -1]
    expect(firstError(engine, bound, Float64Array.from([...powers, ...around1, ...ends]))).toBeNull()
  })

  // from mpmath, 40 digits
  test.each([
    [0.03, 0.03384122234173543],
    [0.5, 0.5204998778130465],
    [0.999, 0.8422852702064969],
    [1.001, 0.8431154854780762],
    [1.7, 0.9837904585907745],
    [2.39, 0.9992750636704192],
    [3.5, 0.9999992569016276],
    [5.5, 0.9999999999999927],
  ])('erf(%d) of float64 is within 2 ulp', (x, wanted) => {
    const error = Math.abs(results(engine, 'erf', Float64Array.of(x))[0]! - wanted)
    expect(error).toBeLessThanOrEqual(2 * ulp(wanted, 'float64'))
  })
})
