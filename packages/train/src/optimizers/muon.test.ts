import { flatten, tensor, type Tensor } from '@tapeloop/core'
import { expect, test } from 'vitest'
import { adamw } from './adam.js'
import { muon } from './muon.js'
import { sgd } from './sgd.js'

const float64 = (data: number[][]) => tensor(data, { dtype: 'float64' })
const numbersOf = (matrix: Tensor) => [...matrix.dataSync()]

/** What the iteration makes of a singular value: it acts on each alone, as a polynomial. */
function iterated(value: number, steps: number): number {
  let x = value
  for (let i = 0; i < steps; i++) x = 3.4445 * x - 4.775 * x ** 3 + 2.0315 * x ** 5
  return x
}

// an orthogonal matrix from the left and one from the right: U·diag(s)·Vᵀ has the singular values s
const [cos, sin] = [Math.cos(0.7), Math.sin(0.7)]
const composed = ([s, t]: readonly [number, number]) => [
  // U turns by 0.7, V is the identity with a third column of zeros
  [cos * s, -sin * t, 0],
  [sin * s, cos * t, 0],
]

test.each(['wide', 'tall'])(
  'makes a %s matrix nearly orthogonal, one singular value like the other',
  (kind) => {
    const turned = (rows: number[][]) =>
      kind === 'wide' ? rows : rows[0]!.map((_, column) => rows.map((row) => row[column]!))
    const optimizer = muon({ learningRate: 0.1, weightDecay: 0 })
    const start = float64(turned(composed([0, 0])))
    const singular = [3, 0.5] as const
    const { params } = optimizer.update(float64(turned(composed(singular))), optimizer.init(start), start)
    const norm = Math.hypot(...singular) + 1e-7 / 1.95
    const expected = composed([iterated(singular[0] / norm, 5), iterated(singular[1] / norm, 5)])
    const change = turned(expected)
      .flat()
      .map((value) => -0.1 * 0.2 * Math.sqrt(3) * value)
    numbersOf(params).forEach((value, i) => expect(value).toBeCloseTo(change[i]!, 6))
    for (const value of singular) expect(Math.abs(iterated(value / norm, 5) - 1)).toBeLessThan(0.35)
  },
)

test('remembers momentum, looks ahead, and shrinks weights first', () => {
  const slopes = [
    [2, 1],
    [-1, 3],
    [0.5, 0.5],
  ] as const
  for (const nesterov of [true, false]) {
    const optimizer = muon({ learningRate: 0.1, momentum: 0.8, weightDecay: 0.5, nesterov })
    let params = float64([
      [1, 0],
      [0, -1],
    ])
    let state = optimizer.init(params)
    // diagonal matrices stay diagonal: their singular values are |entries|, and the signs are those of U·Vᵀ
    let [p, buffer] = [
      [1, -1],
      [0, 0],
    ]
    for (const slope of slopes) {
      buffer = buffer.map((b, i) => 0.8 * b + slope[i]!)
      const direction = nesterov ? buffer.map((b, i) => slope[i]! + 0.8 * b) : buffer
      const norm = Math.hypot(...direction) + 1e-7
      p = p.map((value, i) => value * (1 - 0.1 * 0.5) - 0.02 * Math.SQRT2 * iterated(direction[i]! / norm, 5))
      const gradient = float64([
        [slope[0], 0],
        [0, slope[1]],
      ])
      ;({ params, state } = optimizer.update(gradient, state, params))
      const found = numbersOf(params)
      expect(found[0]).toBeCloseTo(p[0]!, 11)
      expect(found[3]).toBeCloseTo(p[1]!, 11)
    }
  }
})

test('leaves what is no matrix, or is not to be, to the second optimizer', () => {
  const params = { table: tensor([[1, 2]]), kernel: tensor([[3, 4]]), bias: tensor([5]) }
  const gradients = { table: tensor([[1, -1]]), kernel: tensor([[1, -1]]), bias: tensor([2]) }
  const others = sgd({ learningRate: 1 })
  const isMatrix = (path: string) => path === 'kernel'
  const optimizer = muon({ isMatrix, others })
  const { params: next, state } = optimizer.update(gradients, optimizer.init(params), params)
  expect(numbersOf(next.table)).toEqual([0, 3])
  expect(numbersOf(next.bias)).toEqual([3])
  expect(Object.keys(state)).toEqual(['matrices', 'others'])
  expect(flatten(state['matrices']!).paths).toEqual(['step', 'momentum.kernel'])
  // unless said, the others are those of AdamW
  const plain = adamw({ learningRate: 0.05 })
  const first = muon({ learningRate: 0.05 })
  const bias = { bias: params.bias }
  const slope = { bias: gradients.bias }
  expect(numbersOf(first.update(gradients, first.init(params), params).params.bias)).toEqual(
    numbersOf(plain.update(slope, plain.init(bias), bias).params.bias),
  )
})

test('nonsense is refused by name', () => {
  expect(() => muon({ momentum: 1 })).toThrow('muon: momentum is 1')
  expect(() => muon({ iterations: 0 })).toThrow(
    'muon: iterations is 0; it must be a whole number of at least 1',
  )
  expect(() => muon({ isMatrix: () => true }).init({ bias: tensor([1, 2, 3]) })).toThrow(
    'muon: isMatrix takes bias, whose shape is [3]; leave it to the others',
  )
})
