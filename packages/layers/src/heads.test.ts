import { concat, normal, randomKey, sliceAxis, type Tensor } from '@tapeloop/core'
import { describe, expect, test } from 'vitest'
import { mlstm, recurrent, slstm, unitsAtOnce } from './index.js'

const size = { inputSize: 3, hiddenSize: 4 }
const x = normal(randomKey(1), [2, 5, 3], { dtype: 'float64' })

/** Of a tensor whose last axis is so many blocks of 4 units, the units of one of two heads. */
const ofHead = (value: Tensor, head: number, axis: number) => {
  const blocks = value.shape[axis]! / 4
  const parts = Array.from({ length: blocks }, (_, block) => {
    const start = 4 * block + 2 * head
    return sliceAxis(value, axis, start, start + 2)
  })
  return concat(parts, axis)
}

describe('heads', () => {
  test('of slstm are cells side by side that see the same input', () => {
    const whole = recurrent(slstm, { ...size, heads: 2 })
    const model = whole.init(randomKey(2), 'float64')
    const recurrentKernel = normal(randomKey(3), model.recurrentKernel.shape, { dtype: 'float64' })
    const params = { ...model, recurrentKernel }
    const half = recurrent(slstm, { ...size, hiddenSize: 2 })
    const halves = [0, 1].map((head) => {
      const own = {
        kernel: ofHead(params.kernel, head, 1),
        recurrentKernel: ofHead(recurrentKernel, head, 1),
        bias: ofHead(params.bias!, head, 0),
      }
      return half.apply(own, x).output
    })
    const difference = whole.apply(params, x).output.sub(concat(halves, 2))
    expect(Math.max(...difference.dataSync().map(Math.abs))).toBeLessThan(1e-14)
  })

  test('of mlstm are cells side by side that see the same input', () => {
    const whole = recurrent(mlstm, { ...size, heads: 2 })
    const params = whole.init(randomKey(2), 'float64')
    const half = recurrent(mlstm, { ...size, hiddenSize: 2 })
    const gateOf = (value: Tensor, head: number, axis: number) =>
      concat(
        [head, 2 + head].map((at) => sliceAxis(value, axis, at, at + 1)),
        axis,
      )
    const halves = [0, 1].map((head) => {
      const own = {
        kernel: ofHead(params.kernel, head, 1),
        gateKernel: gateOf(params.gateKernel, head, 1),
        bias: ofHead(params.bias!, head, 0),
        gateBias: gateOf(params.gateBias!, head, 0),
      }
      return half.apply(own, x).output
    })
    const difference = whole.apply(params, x).output.sub(concat(halves, 2))
    expect(Math.max(...difference.dataSync().map(Math.abs))).toBeLessThan(1e-14)
  })

  test('that do not divide the units are refused', () => {
    const remedy = '3 heads do not divide 4 units evenly; make hiddenSize a multiple of 3'
    const key = randomKey(0)
    expect(() => recurrent(slstm, { ...size, heads: 3 }).init(key)).toThrow(`slstm: ${remedy}`)
    expect(() => recurrent(mlstm, { ...size, heads: 3 }).init(key)).toThrow(`mlstm: ${remedy}`)
    expect(unitsAtOnce(slstm.options, {})).toBe(1)
    expect(unitsAtOnce(slstm.options, { heads: 3 })).toBe(3)
  })
})
