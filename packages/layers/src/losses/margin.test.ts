import { tensor, type Tensor } from '@tapeloop/core'
import { checkGradients } from '@tapeloop/testing'
import { expect, test } from 'vitest'
import { cosineEmbeddingLoss, marginRankingLoss, tripletMarginLoss } from './margin.js'

const float64 = (data: number | number[] | number[][]) => tensor(data, { dtype: 'float64' })
const none = { reduction: 'none' } as const

test('marginRankingLoss costs what is ranked wrong, or right by less than the margin', () => {
  const [a, b, t] = [float64([1, 1, 1, 1]), float64([0, 2, 0, 0.9]), float64([1, 1, -1, 1])]
  expect(marginRankingLoss(a, b, t, none).toNested()).toEqual([0, 1, 1, 0])
  const wide = marginRankingLoss(a, b, t, { ...none, margin: 0.5 }).dataSync()
  ;[0, 1.5, 1.5, 0.4].forEach((value, i) => expect(wide[i]).toBeCloseTo(value, 12))
})

test('cosineEmbeddingLoss costs angles between those alike, and their want between others', () => {
  const a = float64([
    [1, 0],
    [1, 0],
    [1, 0],
    [2, 0],
  ])
  const b = float64([
    [0, 3],
    [5, 0],
    [5, 0],
    [-1, 0],
  ])
  const t = float64([1, 1, -1, -1])
  expect(cosineEmbeddingLoss(a, b, t, none).toNested()).toEqual([1, 0, 1, 0])
  expect(cosineEmbeddingLoss(a, b, t, { ...none, margin: 0.25 }).toNested()).toEqual([1, 0, 0.75, 0])
})

test('tripletMarginLoss costs a positive that is not nearer than the negative by the margin', () => {
  const anchors = float64([
    [0, 0],
    [0, 0],
  ])
  const [positives, negatives] = [
    float64([
      [3, 4],
      [0, 1],
    ]),
    float64([
      [0, 5.5],
      [4, 3],
    ]),
  ]
  const options = { ...none, epsilon: 0 }
  expect(tripletMarginLoss(anchors, positives, negatives, options).toNested()).toEqual([0.5, 0])
  expect(tripletMarginLoss(anchors, positives, negatives, { ...options, order: 1 }).toNested()).toEqual([
    2.5, 0,
  ])
})

test('all have right derivatives', () => {
  const [a, b, c] = [
    float64([
      [1, 2],
      [-1, 0.5],
    ]),
    float64([
      [0.5, -1],
      [-2, 1],
    ]),
    float64([
      [1, 1],
      [-1, 1],
    ]),
  ]
  checkGradients((a: Tensor, b: Tensor) => marginRankingLoss(a, b, c, { margin: 0.3 }), [a, b])
  checkGradients((a: Tensor, b: Tensor) => cosineEmbeddingLoss(a, b, float64([1, -1])), [a, b])
  checkGradients((a: Tensor, b: Tensor, c: Tensor) => tripletMarginLoss(a, b, c, { margin: 5 }), [a, b, c])
})

test('nonsense is refused by name', () => {
  const x = float64([[1, 2]])
  expect(() => marginRankingLoss(x, x, float64([1]))).toThrow(
    'marginRankingLoss: the operands are float64 [1, 2] and float64 [1]',
  )
  expect(() => cosineEmbeddingLoss(x, x, x)).toThrow(
    'cosineEmbeddingLoss: targets are float64 [1, 2]; vectors float64 [1, 2] need one target each, in their dtype',
  )
  expect(() => tripletMarginLoss(float64(1), float64(1), float64(1))).toThrow(
    'tripletMarginLoss: the operands are scalars; their last axis must be that of the vectors',
  )
  expect(() => tripletMarginLoss(x, x, x, { epsilon: -1 })).toThrow('tripletMarginLoss: epsilon is -1')
})
