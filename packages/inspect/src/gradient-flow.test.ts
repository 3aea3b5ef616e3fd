import { compile, randomKey, reshape, sliceAxis, tensor, uniform, type Tensor } from '@tapeloop/core'
import { wasm } from '@tapeloop/backend-wasm'
import { cells, type Cell } from '@tapeloop/layers'
import { describe, expect, test } from 'vitest'
import { gradientFlow, normOverTime } from './gradient-flow.js'
import { watched, type States } from './watched.js'

const [batchSize, time, units] = [2, 4, 3]
const x = uniform(randomKey(1), [batchSize, time, 2], { dtype: 'float64' }).sub(0.5)
/** the square of what the last step puts out, so that later states matter more than one way */
const lossOf = (output: Tensor) => {
  const last = sliceAxis(output, 1, time - 1, time)
  return last.mul(last).sum().add(output.sum().mul(0.1))
}

describe.each(['rnn', 'lstm', 'gru', 'peephole-lstm', 'lru', 'phased-lstm'] as const)('%s', (name) => {
  const cell = cells[name] as unknown as Cell
  const layer = watched(cell, { inputSize: 2, hiddenSize: units })
  const params = layer.init(randomKey(3), 'float64')

  test('agrees with moving a state by a little', () => {
    const { layers } = gradientFlow([layer], [params], x, lossOf)
    const { states, gradients } = layers[0]!
    for (const entry of Object.keys(gradients)) {
      const gradient = gradients[entry] as Tensor
      for (const place of [0, 5, gradient.size - 1]) {
        const lossAt = (change: number) => {
          const numbers = new Float64Array(gradient.size)
          numbers[place] = change
          const still = Object.fromEntries(
            Object.entries(states).map(([key, value]) => [key, (value as Tensor).mul(0)]),
          )
          const nudges: States = { ...still, [entry]: tensor(numbers, { shape: gradient.shape }) }
          return lossOf(layer.apply(params, x, { nudges }).output).itemSync()
        }
        const numeric = (lossAt(1e-5) - lossAt(-1e-5)) / 2e-5
        expect(gradient.dataSync()[place]).toBeCloseTo(numeric, 8)
      }
    }
  })
})

test('reaches the states of lower layers through those above', () => {
  const layers = [
    watched(cells.gru, { inputSize: 2, hiddenSize: units }),
    watched(cells.lstm, { inputSize: units, hiddenSize: 2 }),
  ]
  const params = layers.map((layer, i) => layer.init(randomKey(i), 'float64'))
  const flow = gradientFlow(layers, params, x, lossOf)
  const lossAt = (change: number) => {
    const nudge = tensor(
      Float64Array.from({ length: batchSize * time * units }, (_, i) => (i === 7 ? change : 0)),
      { shape: [batchSize, time, units] },
    )
    const { output } = layers[0]!.apply(params[0]!, x, { nudges: { h: nudge } })
    return lossOf(layers[1]!.apply(params[1]!, output).output).itemSync()
  }
  const gradient = flow.layers[0]!.gradients['h'] as Tensor
  expect(gradient.dataSync()[7]).toBeCloseTo((lossAt(1e-5) - lossAt(-1e-5)) / 2e-5, 8)
  expect(flow.loss.itemSync()).toBeCloseTo(lossAt(0), 12)
})

test('runs as one program on the CPU backend, to the same numbers', async () => {
  const backend = await wasm()
  const layer = watched(cells.lstm, { inputSize: 2, hiddenSize: units })
  const params = layer.init(randomKey(3))
  const flow = (params: States, x: Tensor) =>
    normOverTime(gradientFlow([layer], [params], x, lossOf).layers[0]!.gradients)
  const short = x.cast('float32')
  const fast = await compile(flow, { backend })(params, short).data()
  const exact = await compile(flow)(params, short).data()
  expect(fast).toHaveLength(time)
  fast.forEach((value, t) => expect(value).toBeCloseTo(exact[t]!, 5))
})

test('norms over time add up the rows, and hold for tiny numbers', () => {
  const a = tensor([3, 0, 0, 0, 1e-30, 0], { shape: [2, 3, 1], dtype: 'float32' })
  const b = tensor([4, 0, 0, 0, 0, 2], { shape: [2, 3, 1], dtype: 'float32' })
  const norms = [...normOverTime({ a, b }).dataSync()]
  expect(norms[0]).toBeCloseTo(5)
  expect(norms[1]! / 1e-30).toBeCloseTo(1)
  expect(norms[2]).toBeCloseTo(2)
  expect(reshape(normOverTime(a), [3]).shape).toEqual([3])
})
