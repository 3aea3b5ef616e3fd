import { randomKey, tanh, tensor, uniform, type Tensor } from '@tapeloop/core'
import { cells } from '@tapeloop/layers'
import { expect, test } from 'vitest'
import { integratedGradients } from './integrated-gradients.js'
import { watched } from './watched.js'

test('of a square is the square, exactly by the midpoint rule', () => {
  const x = tensor([1, -2, 3], { dtype: 'float64' })
  const parts = integratedGradients((x) => x.mul(x).sum(), x, { steps: 3 })
  expect([...parts.dataSync()]).toEqual([1, 4, 9].map((value) => expect.closeTo(value, 12)))
})

test('of a recurrent network they add up to the change of its output', () => {
  const layer = watched(cells.lstm, { inputSize: 2, hiddenSize: 3 })
  const params = layer.init(randomKey(1), 'float64')
  const f = (x: Tensor) => tanh(layer.apply(params, x).output).sum()
  const [x, baseline] = [1, 2].map((seed) => uniform(randomKey(seed), [1, 5, 2], { dtype: 'float64' }).mul(3))
  const parts = integratedGradients(f, x!, { baseline: baseline!, steps: 64 })
  expect(parts.shape).toEqual([1, 5, 2])
  expect(parts.sum().itemSync()).toBeCloseTo(f(x!).itemSync() - f(baseline!).itemSync(), 4)
})

test('of no steps is refused', () => {
  expect(() => integratedGradients((x) => x.sum(), tensor([1]), { steps: 0 })).toThrow(
    'integratedGradients: steps is 0; it must be a whole number from 1',
  )
})
