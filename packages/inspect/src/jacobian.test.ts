import { randomKey, tensor, uniform, type Tensor } from '@tapeloop/core'
import { cells, type Cell } from '@tapeloop/layers'
import { describe, expect, test } from 'vitest'
import { spectrum, stepJacobian } from './jacobian.js'
import { watched, type States } from './watched.js'

describe.each(['rnn', 'lstm', 'sru'] as const)('the Jacobian of a step of %s', (name) => {
  test('agrees with moving one number of the state by a little', () => {
    const cell = cells[name] as unknown as Cell
    const layer = watched(cell, { inputSize: 2, hiddenSize: 3 })
    const params = layer.init(randomKey(1), 'float64')
    const batchSize = 2
    const names = Object.keys(layer.initialState(batchSize, 'float64'))
    const state: States = Object.fromEntries(
      names.map((entry, i) => [entry, uniform(randomKey(i), [batchSize, 3], { dtype: 'float64' })]),
    )
    const x = uniform(randomKey(9), [batchSize, 2], { dtype: 'float64' })
    const n = 3 * names.length
    const jacobian = stepJacobian(cell, params, state, x)
    expect(jacobian.shape).toEqual([batchSize, n, n])
    const after = (changed: States) => {
      const { state: next } = layer.apply(params, x.reshape([batchSize, 1, 2]), { state: changed })
      return names.map((entry) => (next[entry] as Tensor).dataSync())
    }
    const all = jacobian.dataSync()
    names.forEach((entry, e) => {
      const moved = (change: number) => {
        const numbers = (state[entry] as Tensor).dataSync() as Float64Array
        numbers[4] = numbers[4]! + change // row 1, unit 1
        return after({ ...state, [entry]: tensor(numbers, { shape: [batchSize, 3] }) })
      }
      const [up, down] = [moved(1e-6), moved(-1e-6)]
      names.forEach((_, to) => {
        for (let unit = 0; unit < 3; unit++) {
          const numeric = (up[to]![3 + unit]! - down[to]![3 + unit]!) / 2e-6
          expect(all[n * n + (3 * to + unit) * n + 3 * e + 1]).toBeCloseTo(numeric, 7)
          // the other row is not touched
          expect(up[to]![unit]).toBe(down[to]![unit])
        }
      })
    })
  })
})

describe('spectrum', () => {
  test('of a rotation lies on its circle', () => {
    const { real, imaginary, radius } = spectrum([0, -0.5, 0.5, 0])
    expect(radius).toBeCloseTo(0.5, 12)
    expect(real.map((value) => Math.abs(value))).toEqual([0, 0])
    expect(imaginary.toSorted((a, b) => a - b)).toEqual([-0.5, 0.5])
  })

  test('ends where numbers are as good as nothing, or very large', () => {
    const tiny = Array.from({ length: 64 }, (_, i) => (i % 9 === 0 ? 1 - i / 100 : 1e-310 * (i + 1)))
    expect(spectrum(tiny).radius).toBeCloseTo(1, 10)
    expect(spectrum(tiny.map((value) => value * 1e30)).radius / 1e30).toBeCloseTo(1, 10)
    expect(spectrum([0, 0, 0, 0])).toEqual({ real: [0, 0], imaginary: [0, 0], radius: 0 })
  })

  test('of a shift is zero', () => {
    expect(spectrum([0, 1, 0, 0]).radius).toBeCloseTo(0, 12)
  })

  test.each([
    [[1, 2, 3], 'spectrum: the matrix has 3 numbers; it must have as many rows as columns'],
    [[1, Number.NaN, 3, 4], 'spectrum: the matrix holds NaN; all its numbers must be finite'],
  ])('of %j is refused', (matrix, sentence) => {
    expect(() => spectrum(matrix)).toThrow(sentence)
  })
})
