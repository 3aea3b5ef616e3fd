import { concat, eye, full, mapTree, normal, randomKey, split, zeros, type Tensor } from '@tapeloop/core'
import { checkClose } from '@tapeloop/testing'
import { describe, expect, test } from 'vitest'
import { recurrent } from '../recurrent.js'
import { residual } from '../residual.js'
import { peepholeLstm } from './peephole-lstm.js'
import { residualLstm } from './residual-lstm.js'

const [D, H] = [2, 3]
const draw = (shape: readonly number[], seed: number) => normal(randomKey(seed), shape, { dtype: 'float64' })

/** Parameters of a peephole LSTM, all of them random, and the same ones as a residual LSTM has them. */
function twins(inputSize: number) {
  const plain = recurrent(peepholeLstm, { inputSize, hiddenSize: H })
  const packed = mapTree(plain.init(randomKey(1), 'float64'), ({ shape }, path) => draw(shape, path.length))
  const [i, f, g, o] = split(packed.bias!, 4)
  return { plain, packed, unpacked: { ...packed, bias: { ifg: concat([i, f, g]), o } } }
}

test('where x is 0 the shortcut adds nothing: with the identity as projection it is a peephole LSTM', () => {
  const { plain, packed, unpacked } = twins(D)
  const layer = recurrent(residualLstm, { inputSize: D, hiddenSize: H })
  const params = {
    ...unpacked,
    projectionKernel: eye(H, { dtype: 'float64' }),
    shortcutKernel: draw([D, H], 9),
  }
  const x = zeros([2, 6, D], 'float64')
  const start = { h: draw([2, H], 10), c: draw([2, H], 11) }
  const [a, b] = [plain.apply(packed, x, { state: start }), layer.apply(params, x, { state: start })]
  checkClose('residual LSTM', [b.output, b.state.c], [a.output, a.state.c], 1e-14)
})

test('with open output gates and no recurrence it adds x as the residual connection around a layer does', () => {
  const { plain, packed, unpacked } = twins(H)
  const square = { inputSize: H, hiddenSize: H }
  const layer = recurrent(residualLstm, { ...square, projection: false })
  const x = draw([2, 6, H], 3)
  const recurrentKernel = zeros([H, 4 * H], 'float64')
  const openBias = concat([split(packed.bias!, [3 * H, H])[0]!, full(1000, [H], 'float64')])
  const around = recurrent(residual(peepholeLstm), square)
  const expected = around.apply({ ...packed, recurrentKernel, bias: openBias }, x).output
  const open = { ...unpacked, recurrentKernel, bias: { ...unpacked.bias, o: full(1000, [H], 'float64') } }
  checkClose('residual LSTM', [layer.apply(open, x).output], [expected], 1e-14)
  expect(plain.outputSize).toBe(H)
})

test('the output gate scales the shortcut too', () => {
  const { unpacked } = twins(H)
  const layer = recurrent(residualLstm, { inputSize: H, hiddenSize: H, projection: false })
  const closed = { ...unpacked, bias: { ...unpacked.bias, o: full(-1000, [H], 'float64') } }
  expect(
    layer
      .apply(closed, draw([2, 6, H], 3))
      .output.dataSync()
      .every((value) => value === 0),
  ).toBe(true)
})

describe('has a matrix only where one is needed', () => {
  const shapes = (inputSize: number, options: object) => {
    const layer = recurrent(residualLstm, { inputSize, hiddenSize: H, ...options })
    const { projectionKernel, shortcutKernel, peepholes } = layer.init(randomKey(1))
    return [projectionKernel, shortcutKernel, peepholes?.o].map((part: Tensor | undefined) => part?.shape)
  }

  test.each([
    ['equal sizes', H, {}, [[H, H], undefined, [H]]],
    ['equal sizes, no projection', H, { projection: false }, [undefined, undefined, [H]]],
    ['another input', D, {}, [[H, H], [D, H], [H]]],
    [
      'another output',
      D,
      { outputSize: 5 },
      [
        [H, 5],
        [D, 5],
        [H, 5],
      ],
    ],
    ['the output as wide as the input', D, { outputSize: D }, [[H, D], undefined, [H, D]]],
    ['no peepholes', D, { peepholes: false }, [[H, H], [D, H], undefined]],
  ])('%s', (_, inputSize, options, expected) => {
    expect(shapes(inputSize, options)).toEqual(expected)
  })
})

test('refuses an output size that is no size', () => {
  expect(() => recurrent(residualLstm, { inputSize: D, hiddenSize: H, outputSize: -1 })).toThrow(
    'residual-lstm: option outputSize is -1; it must be a whole number from 0',
  )
})
