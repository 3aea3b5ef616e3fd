import { randomKey, sliceAxis, type Tensor } from '@tapeloop/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  chronoBias,
  constantInit,
  gateBias,
  glorotUniform,
  heNormal,
  identityInit,
  normalInit,
  orthogonal,
  orthogonalPerGate,
  uniformInit,
  zerosInit,
  type Initializer,
} from './initializer.js'

const size = fc.integer({ min: 1, max: 12 })

const all: Record<string, Initializer> = {
  constantInit: constantInit(3, [4, 6]),
  zerosInit: zerosInit([4, 6]),
  heNormal: heNormal([4, 6]),
  identityInit: identityInit([3, 6]),
  chronoBias: chronoBias({ longest: 9, gates: 4, forget: 1, input: 0 })([24]),
  uniformInit: uniformInit(0.5, [4, 6]),
  normalInit: normalInit(2, [4, 6]),
  glorotUniform: glorotUniform([4, 6]),
  orthogonal: orthogonal([4, 6]),
  orthogonalPerGate: orthogonalPerGate([2, 6]),
  gateBias: gateBias([0, 1, 0], 2),
}

describe.each(Object.entries(all))('%s', (_, init) => {
  test.each(['float64', 'float32'] as const)('draws its shape in %s, the same for the same key', (dtype) => {
    const [first, again] = [init.draw(randomKey(5), dtype), init.draw(randomKey(5), dtype)]
    expect([first.shape, first.dtype]).toEqual([init.shape, dtype])
    expect(first.dataSync()).toEqual(again.dataSync())
  })
})

test('random ones differ for another key, the others do not', () => {
  const differs = Object.entries(all).filter(
    ([, { draw }]) => String(draw(randomKey(5), 'float64')) !== String(draw(randomKey(6), 'float64')),
  )
  expect(differs.map(([name]) => name)).toEqual([
    'heNormal',
    'chronoBias',
    'uniformInit',
    'normalInit',
    'glorotUniform',
    'orthogonal',
    'orthogonalPerGate',
  ])
})

test('an orthogonal matrix has orthonormal rows or columns, whichever are fewer', () => {
  fc.assert(
    fc.property(size, size, fc.nat(1000), (rows, columns, seed) => {
      const matrix = orthogonal([rows, columns]).draw(randomKey(seed), 'float64')
      const product = rows <= columns ? matrix.matmul(matrix.transpose()) : matrix.transpose().matmul(matrix)
      expectIdentity(product)
    }),
  )
})

test('an orthogonal matrix of many units is orthonormal in float32', () => {
  const matrix = orthogonal([150, 150]).draw(randomKey(1), 'float32').cast('float64')
  expectIdentity(matrix.matmul(matrix.transpose()), 6)
})

test('an orthogonal matrix is uniform among all: of its trace, mean 0 and variance 1', () => {
  const traces = Array.from({ length: 600 }, (_, seed) => {
    const numbers = orthogonal([3, 3]).draw(randomKey(seed), 'float64').dataSync()
    return numbers[0]! + numbers[4]! + numbers[8]!
  })
  const { mean, variance } = moments(traces)
  expect(Math.abs(mean)).toBeLessThan(0.15)
  expect(Math.abs(variance - 1)).toBeLessThan(0.2)
})

test('an orthogonal matrix is not computed before it is read', () => {
  expect(orthogonalPerGate([64, 256]).draw(randomKey(1), 'float32').value).toBeNull()
})

test('a square orthogonal matrix may reflect: both signs of the determinant occur', () => {
  const signs = Array.from({ length: 20 }, (_, seed) => {
    const [a, b, c, d] = orthogonal([2, 2]).draw(randomKey(seed), 'float64').dataSync()
    return Math.round(a! * d! - b! * c!)
  })
  expect(new Set(signs)).toEqual(new Set([1, -1]))
})

test('every gate of a recurrent kernel is orthogonal by itself, and another matrix', () => {
  const [units, gates] = [5, 4]
  const kernel = orthogonalPerGate([units, gates * units]).draw(randomKey(1), 'float64')
  const blocks = Array.from({ length: gates }, (_, gate) =>
    sliceAxis(kernel, 1, gate * units, (gate + 1) * units),
  )
  for (const block of blocks) expectIdentity(block.transpose().matmul(block))
  expect(new Set(blocks.map(String)).size).toBe(gates)
})

test('columns that are no multiple of the rows are refused', () => {
  expect(() => orthogonalPerGate([4, 10])).toThrow(
    'orthogonalPerGate: 10 columns are no number of 4 × 4 blocks; give a multiple of 4',
  )
})

test('Glorot: uniform up to √(6 / (fanIn + fanOut)), all gates counted', () => {
  const numbers = glorotUniform([40, 160]).draw(randomKey(2), 'float64').dataSync()
  const bound = Math.sqrt(6 / 200)
  const { mean, variance } = moments(numbers)
  expect(Math.max(...numbers)).toBeLessThan(bound)
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(-bound)
  expect(Math.max(...numbers)).toBeGreaterThan(0.99 * bound)
  expect(Math.abs(mean)).toBeLessThan(0.05 * bound)
  expect(variance / (bound ** 2 / 3)).toBeCloseTo(1, 1)
})

test('uniform and normal draws have their spread', () => {
  const shape = [10_000]
  const uniform = moments(uniformInit(0.2, shape).draw(randomKey(3), 'float64').dataSync())
  expect(uniform.variance / (0.2 ** 2 / 3)).toBeCloseTo(1, 1)
  const normal = moments(normalInit(0.5, shape).draw(randomKey(3), 'float64').dataSync())
  expect(normal.mean).toBeCloseTo(0, 1)
  expect(normal.variance / 0.25).toBeCloseTo(1, 1)
})

test('He: normal with variance 2 / fanIn', () => {
  const { mean, variance } = moments(heNormal([50, 400]).draw(randomKey(2), 'float64').dataSync())
  expect(mean).toBeCloseTo(0, 2)
  expect(variance * 25).toBeCloseTo(1, 1)
})

test('the identity stands in every block', () => {
  expect(identityInit([2, 4], 0.5).draw(randomKey(0), 'float32').toNested()).toEqual([
    [0.5, 0, 0.5, 0],
    [0, 0.5, 0, 0.5],
  ])
  expect(() => identityInit([2, 3])).toThrow('identityInit: 3 columns are no number of 2 × 2 blocks')
})

test('chrono refuses times, gates and biases that do not fit', () => {
  const usual = { longest: 10, gates: 3, forget: 1 }
  expect(() => chronoBias({ ...usual, longest: 2 })).toThrow(
    'chronoBias: longest is 2; it must be a number of steps above 2',
  )
  expect(() => chronoBias({ ...usual, input: 3 })).toThrow(
    'chronoBias: gate 3 is none of the 3; count them from 0',
  )
  expect(() => chronoBias(usual)([4])).toThrow('chronoBias: 3 gates do not divide a bias of 4 evenly')
})

test('a gate bias starts the block of each gate at its value', () => {
  expect(gateBias([0, 2, -1], 2).draw(randomKey(0), 'float32').toNested()).toEqual([0, 0, 2, 2, -1, -1])
})

function expectIdentity(matrix: Tensor, digits = 12): void {
  const rows = matrix.toNested() as number[][]
  rows.forEach((row, i) => row.forEach((value, j) => expect(value).toBeCloseTo(i === j ? 1 : 0, digits)))
}

function moments(numbers: ArrayLike<number>): { mean: number; variance: number } {
  const all = Array.from(numbers)
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length
  return { mean, variance: all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length }
}
