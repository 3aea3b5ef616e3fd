import { grad, oneHot, randomKey, sliceAxis, tensor, uniform, type Tensor } from '@tapeloop/core'
import { cells, recurrent, type Cell } from '@tapeloop/layers'
import { expect, test } from 'vitest'
import { inspect } from './inspection.js'
import { watched } from './watched.js'

const [time, inputSize, hiddenSize] = [7, 3, 4]
const layers = [
  watched(cells.gru as unknown as Cell, { inputSize, hiddenSize }),
  watched(cells.lstm as unknown as Cell, { inputSize: hiddenSize, hiddenSize }),
]
const params = layers.map((layer, i) => layer.init(randomKey(i), 'float64'))
const x = oneHot(tensor([0, 1, 2, 0, 1, 1, 2], { shape: [1, time], dtype: 'int32' }), inputSize, 'float64')
const windows = uniform(randomKey(5), [2, time, inputSize], { dtype: 'float64' })
const end = (output: Tensor) => sliceAxis(output, 1, time - 1, time)
const lossOf = (output: Tensor) => end(output).mul(end(output)).sum(-1).mean()
const scoreOf = (output: Tensor) => end(output).sum()
const inspection = inspect({ layers, params, x, windows, lossOf, scoreOf })

test('contributions of the times add up to the score, less that of nothing', async () => {
  const { saliency } = await inspection
  const read = (input: Tensor) =>
    layers.reduce((below, layer, i) => layer.apply(params[i]!, below).output, input)
  const difference = scoreOf(read(x)).dataSync()[0]! - scoreOf(read(x.mul(0))).dataSync()[0]!
  expect(saliency).toHaveLength(time)
  expect(saliency.reduce((sum, value) => sum + value, 0)).toBeCloseTo(difference, 4)
})

test('gates are told of by layer and name, active units with their outputs', async () => {
  const [gru, lstm] = (await inspection).layers
  expect(Object.keys(gru!.gates)).toEqual(['z', 'r'])
  expect(Object.keys(lstm!.gates)).toEqual(['o', 'f', 'i'])
  expect(gru!.gates['z']!.open).toHaveLength(hiddenSize)
  const { output } = layers[0]!.apply(params[0]!, x)
  const { unit, values } = gru!.active[0]!
  expect(values).toEqual(Array.from(output.dataSync()).filter((_, i) => i % hiddenSize === unit))
})

test('the gradient flows back from the end, lag 0 first', async () => {
  const { flow } = (await inspection).layers[1]!
  expect(flow['h']).toHaveLength(time)
  // at lag 0 it is the gradient in the output itself
  const below = layers[0]!.apply(params[0]!, windows).output
  const top = recurrent(cells.lstm, { inputSize: hiddenSize, hiddenSize })
  const { output } = top.apply(params[1] as never, below)
  const gradient = Array.from(end(grad(lossOf)(output)).dataSync())
  const norms = [0, 1].map((row) => Math.hypot(...gradient.slice(row * hiddenSize, (row + 1) * hiddenSize)))
  expect(flow['h']![0]).toBeCloseTo(norms[0]! + norms[1]!, 12)
  expect(Object.keys((await inspection).layers[0]!.flow)).toEqual(['h'])
})
