import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  absoluteError,
  accuracy,
  confusionMatrix,
  f1Score,
  rSquared,
  scaledError,
  topKAccuracy,
} from './scores.js'

describe('classes', () => {
  // the example of three classes that scikit-learn documents for its f1_score, and what it gives for it
  const actual = [0, 1, 2, 0, 1, 2]
  const predicted = [0, 2, 1, 0, 0, 1]
  const matrix = confusionMatrix(predicted, actual, 3)

  test('are counted by what they were taken for', () => {
    expect(matrix).toEqual([
      [2, 0, 0],
      [1, 0, 1],
      [0, 2, 0],
    ])
    expect(accuracy(predicted, Int32Array.from(actual))).toBeCloseTo(1 / 3, 12)
  })

  test('have F1 scores', () => {
    expect(f1Score(matrix)).toBeCloseTo(0.8 / 3, 12)
    expect(f1Score(matrix, 'micro')).toBeCloseTo(1 / 3, 12)
    expect(f1Score(matrix, 'weighted')).toBeCloseTo(0.8 / 3, 12)
    expect(f1Score(matrix, 0)).toBeCloseTo(0.8, 12)
    // of a class that is never there nor predicted: 0, which only the plain mean counts
    const more = confusionMatrix([0, 0, 1], [0, 0, 0], 3)
    expect(f1Score(more)).toBeCloseTo(0.8 / 3, 12)
    expect(f1Score(more, 'weighted')).toBeCloseTo(0.8, 12)
    expect(f1Score(more, 2)).toBe(0)
  })

  test('F1 is the harmonic mean of precision and recall, and micro is the accuracy', () => {
    const labels = fc.array(fc.tuple(fc.nat(1), fc.nat(1)), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(labels, (rows) => {
        const [guess, truth] = [rows.map(([a]) => a), rows.map(([, b]) => b)]
        const counts = confusionMatrix(guess, truth, 2)
        const hits = rows.filter(([a, b]) => a === 1 && b === 1).length
        const precision = hits / guess.filter((value) => value === 1).length
        const recall = hits / truth.filter((value) => value === 1).length
        const expected = hits === 0 ? 0 : 2 / (1 / precision + 1 / recall)
        expect(f1Score(counts, 1)).toBeCloseTo(expected, 12)
        expect(f1Score(counts, 'micro')).toBeCloseTo(accuracy(guess, truth), 12)
      }),
    )
  })

  test('are right within the k highest scores', () => {
    const scores = [0.1, 0.7, 0.2, 0.5, 0.3, 0.2, 0.2, 0.2, 0.6]
    const labels = [2, 2, 1]
    expect([1, 2, 3].map((k) => topKAccuracy(scores, labels, k) * 3)).toEqual([0, 1, 3])
    expect(topKAccuracy(Float32Array.from([NaN, 1, 2]), [0], 2)).toBe(0)
  })

  test('nonsense is refused', () => {
    expect(() => accuracy([1], [1, 2])).toThrow(
      'accuracy: there are 1 predicted and 2 actual values; give one of each for every example',
    )
    expect(() => accuracy([], [])).toThrow('accuracy: there are 0 predicted')
    expect(() => confusionMatrix([3], [0], 3)).toThrow('confusionMatrix: 3 is no class; classes are 0 to 2')
    expect(() => f1Score(matrix, 3)).toThrow('f1Score: 3 is no class')
    expect(() => topKAccuracy([1, 2, 3], [0, 1], 1)).toThrow(
      'topKAccuracy: there are 3 scores for 2 examples',
    )
    expect(() => topKAccuracy([1, 2], [0], 0)).toThrow('topKAccuracy: k is 0')
  })
})

describe('numbers', () => {
  test('have a mean absolute error', () => {
    expect(absoluteError([2.5, 0, 2, 8], [3, -0.5, 2, 7])).toBe(0.5)
  })

  test('have an error scaled by that of the naive forecast', () => {
    // the naive forecast of 2, 4, 3, 7 misses by 2, 1, 4; that of two before by 1, 3
    const history = Float64Array.from([2, 4, 3, 7])
    expect(scaledError([8, 5], [7, 7], history)).toBeCloseTo(1.5 / (7 / 3), 12)
    expect(scaledError([8, 5], [7, 7], history, 2)).toBeCloseTo(1.5 / 2, 12)
    expect(() => scaledError([1], [1], [1, 2], 2)).toThrow(
      'scaledError: the history has 2 numbers and a season 2; give more of it',
    )
  })

  test('have an R², which is 1 where perfect and 0 for the mean', () => {
    const actual = [3, -0.5, 2, 7]
    // the number that scikit-learn documents for this example
    expect(rSquared([2.5, 0, 2, 8], actual)).toBeCloseTo(0.9486081370449679, 12)
    expect(rSquared(actual, actual)).toBe(1)
    expect(rSquared([2.875, 2.875, 2.875, 2.875], actual)).toBeCloseTo(0, 12)
    expect(rSquared([1, 2], [1, 1])).toBe(-Infinity)
  })
})
