import { tensor } from '@tapeloop/core'
import { expect, test } from 'vitest'
import { lion } from './lion.js'

test('is the rule of its paper, in plain numbers', () => {
  const slopes = [1, -0.2, -0.2, 3, 0, -4]
  const [rate, beta1, beta2, decay] = [0.1, 0.8, 0.9, 0.5]
  const optimizer = lion({ learningRate: rate, betas: [beta1, beta2], weightDecay: decay })
  let params = tensor(2, { dtype: 'float64' })
  let state = optimizer.init(params)
  let [p, m] = [2, 0]
  for (const g of slopes) {
    const update = Math.sign(beta1 * m + (1 - beta1) * g)
    p -= rate * (update + decay * p)
    m = beta2 * m + (1 - beta2) * g
    ;({ params, state } = optimizer.update(tensor(g, { dtype: 'float64' }), state, params))
    expect(params.itemSync()).toBeCloseTo(p, 12)
  }
})

test('numbers out of range are refused by name', () => {
  expect(() => lion({ betas: [0.9, 1] })).toThrow('lion: betas[1] is 1')
  expect(() => lion({ weightDecay: -1 })).toThrow('lion: weightDecay is -1')
})
