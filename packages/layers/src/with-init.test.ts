import { eye, randomKey } from '@tapeloop/core'
import { expect, test } from 'vitest'
import { lstm } from './cells/lstm.js'
import { rhn } from './cells/rhn.js'
import { rnn } from './cells/rnn.js'
import { chronoBias, constantInit, identityInit } from './initializer.js'
import { recurrent } from './recurrent.js'
import { withInit } from './with-init.js'

const size = { inputSize: 2, hiddenSize: 3 }

test('starts the parameters named as asked, and the others as the cell does', () => {
  const params = recurrent(withInit(rnn, { recurrentKernel: identityInit }), size).init(randomKey(1))
  const usual = recurrent(rnn, size).init(randomKey(1))
  expect(params.recurrentKernel.toNested()).toEqual(eye(3).toNested())
  expect(params.kernel.dataSync()).toEqual(usual.kernel.dataSync())
})

test('reaches names at any depth', () => {
  const cell = withInit(rhn, { bias: (shape) => constantInit(7, shape) })
  const { layers } = recurrent(cell, size).init(randomKey(1))
  expect(layers.map(({ bias }) => [...new Set(bias!.dataSync())])).toEqual([[7], [7], [7]])
})

test('gives an LSTM times to remember for', () => {
  const bias = chronoBias({ longest: 20, gates: 4, forget: 1, input: 0 })
  const [i, f, g, o] = recurrent(withInit(lstm, { bias }), { inputSize: 2, hiddenSize: 500 })
    .init(randomKey(1), 'float64')
    .bias!.reshape([4, 500])
    .toNested() as number[][]
  const times = f!.map(Math.exp)
  expect(Math.min(...times)).toBeGreaterThanOrEqual(1)
  expect(Math.max(...times)).toBeLessThan(19)
  expect(times.reduce((a, b) => a + b) / 500).toBeCloseTo(10, -1)
  expect(i).toEqual(f!.map((value) => -value))
  expect([...g!, ...o!].every((value) => value === 0)).toBe(true)
})

test('refuses names and shapes that the cell does not have', () => {
  expect(() => recurrent(withInit(rnn, { weight: identityInit }), size).init(randomKey(1))).toThrow(
    'withInit: rnn has no parameter weight with these options',
  )
  const wrong = withInit(rnn, { kernel: () => constantInit(0, [3]) })
  expect(() => recurrent(wrong, size).init(randomKey(1))).toThrow(
    'withInit: the initialiser of kernel has shape [3]; it must be [2, 3]',
  )
})
