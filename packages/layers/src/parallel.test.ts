import { grad, normal, randomKey, tensor, type Tensor } from '@tapeloop/core'
import { checkClose } from '@tapeloop/testing'
import { expect, test } from 'vitest'
import { lstm } from './cells/lstm.js'
import { minGru } from './cells/min-gru.js'
import { recurrent } from './recurrent.js'
import { withOptions } from './with-options.js'
import { zoneout } from './zoneout.js'

const size = { inputSize: 2, hiddenSize: 3 }
const positive = withOptions(minGru, { candidate: 'positive' })
const layer = recurrent(positive, size, { parallel: true })
const params = layer.init(randomKey(1), 'float64')

test('long sequences with gates that forget at once, or never, agree with the loop', () => {
  const x = normal(randomKey(2), [2, 300, 2], { deviation: 30, dtype: 'float64' })
  const run = (parallel: boolean, x: Tensor) => recurrent(positive, size, { parallel }).apply(params, x)
  checkClose('long', [run(true, x).output], [run(false, x).output], 1e-12)
  const slopes = [true, false].map((parallel) => grad((x: Tensor) => run(parallel, x).output.sum())(x))
  expect(slopes[0]!.dataSync().every(Number.isFinite)).toBe(true)
  checkClose('its gradient', [slopes[0]!], [slopes[1]!], 1e-12)
})

test('loses no digits in float32 over a thousand steps', () => {
  const x = normal(randomKey(2), [2, 1000, 2], { deviation: 3 })
  const [a, b] = [true, false].map((parallel) => {
    const layer = recurrent(positive, size, { parallel })
    return layer.apply(layer.init(randomKey(1)), x).output
  })
  checkClose('float32', [a!], [b!], 3e-6)
})

test('a state may have any sign, and lengths hold it', () => {
  const x = normal(randomKey(3), [2, 4, 2], { dtype: 'float64' })
  const state = {
    h: tensor(
      [
        [-1, 0, 2],
        [0, -3, 1],
      ],
      { dtype: 'float64' },
    ),
  }
  const lengths = tensor([0, 3], { dtype: 'int32' })
  const [a, b] = [layer, recurrent(positive, size)].map((each) => each.apply(params, x, { state, lengths }))
  checkClose('with lengths', [a!.output, a!.state.h], [b!.output, b!.state.h], 1e-14)
})

test('refuses cells and options without such a form', () => {
  expect(() => recurrent(lstm, size, { parallel: true })).toThrow(
    'lstm: each of its steps needs the state before; leave out parallel',
  )
  expect(() => recurrent(zoneout(positive, 0.1), size, { parallel: true })).toThrow('leave out parallel')
  const linear = recurrent(minGru, size, { parallel: true })
  expect(() => linear.apply(params, normal(randomKey(3), [2, 4, 2], { dtype: 'float64' }))).toThrow(
    "min-gru: all steps at once need candidates above 0; give candidate: 'positive'",
  )
})
