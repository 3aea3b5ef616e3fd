import { describe, expect, test } from 'vitest'
import { compareNumbers, settings } from './compare.js'
import { isVectorFile, type VectorCase } from './format.js'
import { runVectors } from './run.js'

const vector = (data: readonly (number | 'NaN')[], shape: readonly number[] = [data.length]) => ({
  shape,
  data,
})

/** y = x·x, with loss Σ y·p. */
const square: VectorCase = {
  name: 'any',
  config: { op: 'square' },
  inputs: { x: vector([1, -2]), proj_out: vector([3, 4]) },
  params: {},
  outputs: { out: vector([1, 4]) },
  loss: 19,
  grads: { x: vector([6, -16]) },
}

const reasonFor = (change: Partial<VectorCase>, family = 'ops_unary') =>
  runVectors({ family, cases: [{ ...square, ...change }] })[0]!.reason

test('a case passes by what is in it, not by its name', () => {
  expect(runVectors({ family: 'ops_unary', cases: [square] })).toEqual([
    { name: 'ops_unary/any', passed: true, reason: '' },
  ])
})

describe('a case fails', () => {
  test.each<[string, Partial<VectorCase>, string]>([
    [
      'by an output',
      { outputs: { out: vector([1, 4.1]) } },
      'output out differs by 2.44e-2: 4 instead of 4.1 at 1',
    ],
    ['by its loss', { loss: 19.0001 }, 'loss differs by 5.26e-6: 19 instead of 19.0001 at 0'],
    [
      'by a gradient',
      { grads: { x: vector([6, 16]) } },
      'gradient of x differs by 2.00e+0: -16 instead of 16 at 1',
    ],
    ['by a shape', { outputs: { out: vector([1, 4], [2, 1]) } }, 'output out: shape [2] instead of [2, 1]'],
    ['by what is missing', { outputs: { out: vector([1, 4]), more: vector([1]) } }, 'output more: missing'],
    [
      'by what is not a number',
      { outputs: { out: vector([1, 'NaN']) } },
      'output out: 4 instead of NaN at 1',
    ],
    ['by an op that is not there', { config: { op: 'wavelet' } }, 'the op wavelet is not supported yet'],
    [
      'by an output it cannot read',
      { outputs: { out: 'much' } },
      'output out, which is not a tensor, is not supported yet',
    ],
  ])('%s', (_what, change, reason) => {
    expect(reasonFor(change)).toBe(reason)
  })

  test('by a family that is not there', () => {
    expect(reasonFor({}, 'poems')).toBe('the family poems is not supported yet')
  })

  test('where there is nothing to compare', () => {
    expect(reasonFor({ outputs: {}, config: { scheduler: 'LinearLR', base_lr: 1 } }, 'lr_schedulers')).toBe(
      'there is nothing to compare',
    )
  })
})

test('in float32 the tolerance is that of float32', () => {
  const cases = [{ ...square, loss: 19.0001 }]
  expect(runVectors({ family: 'ops_unary', cases }, settings.float32)[0]!.passed).toBe(true)
})

test('not-a-number and infinities equal themselves alone', () => {
  expect(compareNumbers('', [NaN, Infinity, -Infinity], ['NaN', 'Infinity', '-Infinity']).difference).toBe(0)
  expect(compareNumbers('', [Infinity], ['-Infinity']).difference).toBe(Infinity)
  expect(compareNumbers('', [1], [1, 2])).toMatchObject({
    difference: Infinity,
    note: '1 numbers instead of 2',
  })
})

test('other JSON is no vector file', () => {
  expect([{}, [], null, { cases: [] }, { family: 'x', cases: {} }].some(isVectorFile)).toBe(false)
})
