import { randomKey } from '@tapeloop/core'
import { expect, test } from 'vitest'
import { gru } from './cells/gru.js'
import { lstm } from './cells/lstm.js'
import { recurrent } from './recurrent.js'
import { withOptions } from './with-options.js'

const size = { inputSize: 2, hiddenSize: 2 }

test('changes the defaults of a cell, and of this one only', () => {
  const sure = withOptions(lstm, { forgetBias: 3 })
  expect(recurrent(sure, size).init(randomKey(1)).bias!.toNested()).toEqual([0, 0, 3, 3, 0, 0, 0, 0])
  expect(recurrent(lstm, size).init(randomKey(1)).bias!.toNested()).toEqual([0, 0, 1, 1, 0, 0, 0, 0])
  expect(lstm.options.forgetBias.default).toBe(1)
})

test('can be changed again, by itself or where a layer is made', () => {
  const plain = withOptions(withOptions(gru, { bias: false }), { recurrentBias: true })
  expect(Object.keys(recurrent(plain, size).init(randomKey(1)))).toEqual([
    'kernel',
    'recurrentKernel',
    'recurrentBias',
  ])
  expect(Object.keys(recurrent(plain, { ...size, bias: true }).init(randomKey(1)))).toContain('bias')
})

test('refuses what the cell would refuse', () => {
  expect(() => withOptions(lstm, { resetAfter: true } as object)).toThrow(
    'lstm: there is no option resetAfter',
  )
})
