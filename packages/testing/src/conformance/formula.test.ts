import { tensor, type Nested } from '@tapeloop/core'
import { describe, expect, test } from 'vitest'
import { evaluate } from './formula.js'

const of = (data: Nested) => tensor(data, { dtype: 'float64' })
const ints = (data: Nested) => tensor(data, { dtype: 'int32' })

describe('formulas', () => {
  const names = {
    x: of([
      [1, 2],
      [3, 4],
    ]),
    a: of([1, 10]),
    i: ints([1, 0]),
    two: 2,
  }

  test.each<[string, Nested]>([
    ['a + 0.5*a*two', [2, 20]],
    ['-a^2 - a**two/2', [-1.5, -150]],
    ['2^3^0 * a', [2, 20]],
    ['y=a-1; y*y + y', [0, 90]],
    ['x @ a', [21, 43]],
    [
      'x.T',
      [
        [1, 3],
        [2, 4],
      ],
    ],
    ['x.mean(1)', [1.5, 3.5]],
    [
      'x - mean(x, -1)',
      [
        [-0.5, 0.5],
        [-0.5, 0.5],
      ],
    ],
    ['x[::-1, 1]', [4, 2]],
    ['x[-1:, :]', [[3, 4]]],
    ['x[i, i]', [4, 1]],
    [
      'one_hot(i, 2) @ x',
      [
        [3, 4],
        [1, 2],
      ],
    ],
    ['a -> 3 times a*2+1', [15, 87]],
  ])('%s', (formula, expected) => {
    expect(evaluate(formula, names).toNested()).toEqual(expected)
  })

  test.each([
    ['wave(a)', 'calls wave, which is not known here'],
    ['a + b', 'names b, which is not known here'],
    ['a a', 'goes on after its end with a'],
    ['(a', 'has its end where ) should be'],
    ['2 + 2', 'has a number where a tensor should be'],
    ['a.fly()', 'calls fly, which is not known here'],
  ])('refuses %s', (formula, sentence) => {
    expect(() => evaluate(formula, names)).toThrow(sentence)
  })
})
