import { randomKey, uniform } from '@tapeloop/core'
import { expect, test } from 'vitest'
import { gru } from './cells/gru.js'
import { lstm } from './cells/lstm.js'
import { recurrent } from './recurrent.js'
import { residual } from './residual.js'
import { stack } from './stack.js'

const size = { inputSize: 3, hiddenSize: 3 }
const x = uniform(randomKey(3), [2, 4, 3], { dtype: 'float64' })

test('adds the input to the output and nothing to the state', () => {
  const [plain, summed] = [recurrent(lstm, size), recurrent(residual(lstm), size)]
  const params = plain.init(randomKey(1), 'float64')
  const [a, b] = [plain.apply(params, x), summed.apply(params, x)]
  expect(b.output.dataSync()).toEqual(a.output.add(x).dataSync())
  expect(b.state.h.dataSync()).toEqual(a.state.h.dataSync())
  expect(b.state.c.dataSync()).toEqual(a.state.c.dataSync())
})

test('around a stack adds what went into the lowest layer', () => {
  const deep = stack([lstm, gru])
  const [plain, summed] = [recurrent(deep, size), recurrent(residual(deep), size)]
  const params = plain.init(randomKey(1), 'float64')
  expect(summed.apply(params, x).output.dataSync()).toEqual(plain.apply(params, x).output.add(x).dataSync())
})

test('keeps the options of the cell', () => {
  const given = { ...size, recurrentBias: true }
  expect(Object.keys(recurrent(residual(gru), given).init(randomKey(1)))).toEqual(
    Object.keys(recurrent(gru, given).init(randomKey(1))),
  )
})

test('refuses to add what does not fit', () => {
  expect(() => recurrent(residual(lstm), { inputSize: 2, hiddenSize: 3 })).toThrow(
    'residual(lstm): the input has 2 features but the output 3; they are added, so make them equal',
  )
})
