import { tensor, zeros } from '@tapeloop/core'
import { expect, test } from 'vitest'
import { checkClose } from './closeness.js'

const x = tensor([1, NaN, Infinity])

test('equal tensors pass, NaN for NaN', () => {
  expect(() => checkClose('f', [x], [tensor([1, NaN, Infinity])])).not.toThrow()
  expect(() => checkClose('f', [tensor([0])], [tensor([-0])])).not.toThrow()
})

test('a tolerance is relative to the largest element, at least 1', () => {
  expect(() => checkClose('f', [tensor([100.5, 0.05])], [tensor([100, 0])], 0.01)).not.toThrow()
  expect(() => checkClose('f', [tensor([0.02])], [tensor([0])], 0.01)).toThrow(
    /^f: element 0 of result 0 is 0\.0199.*, expected 0; all of it is/,
  )
})

test('what differs is named: count, shape, dtype, element', () => {
  expect(() => checkClose('f', [], [x])).toThrow('f: there are 0 results, 1 expected')
  expect(() => checkClose('f', [zeros([2])], [zeros([1, 2])])).toThrow(
    'f: result 0 is float32 [2], expected float32 [1,2]',
  )
  expect(() => checkClose('f', [zeros([2], 'int32')], [zeros([2])])).toThrow(
    'is int32 [2], expected float32 [2]',
  )
  expect(() => checkClose('f', [tensor([1, 1, Infinity])], [x], 1)).toThrow(
    'element 1 of result 0 is 1, expected NaN',
  )
  expect(() => checkClose('f', [tensor([1, NaN, 5])], [x], 1)).toThrow(
    'element 2 of result 0 is 5, expected Infinity',
  )
})
