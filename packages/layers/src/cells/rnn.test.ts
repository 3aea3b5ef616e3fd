import { eye, mapTree, normal, randomKey, tensor, zeros } from '@tapeloop/core'
import { checkClose } from '@tapeloop/testing'
import { expect, test } from 'vitest'
import { recurrent } from '../recurrent.js'
import { rnn } from './rnn.js'

const size = { inputSize: 2, hiddenSize: 2 }
const x = tensor(
  [
    [
      [1, 2],
      [3, 0],
      [0.5, 1],
    ],
  ],
  { dtype: 'float64' },
)

test('with relu and identity kernels adds up what it reads (Le, Jaitly & Hinton 2015)', () => {
  const layer = recurrent(rnn, { ...size, activation: 'relu', bias: false })
  const identity = eye(2, { dtype: 'float64' })
  const { output } = layer.apply({ kernel: identity, recurrentKernel: identity }, x)
  expect(output.toNested()).toEqual([
    [
      [1, 2],
      [4, 2],
      [4.5, 3],
    ],
  ])
})

test('adds its two biases', () => {
  const layer = recurrent(rnn, { ...size, recurrentBias: true })
  const params = mapTree(layer.init(randomKey(1), 'float64'), ({ shape }, path) =>
    normal(randomKey(path.length), shape, { dtype: 'float64' }),
  )
  const [bias, none] = [params.bias!.add(params.recurrentBias!), zeros([2], 'float64')]
  const together = layer.apply({ ...params, bias, recurrentBias: none }, x)
  checkClose('rnn', [layer.apply(params, x).output], [together.output], 1e-14)
})
