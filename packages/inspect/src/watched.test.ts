import { randomKey, tensor, uniform } from '@tapeloop/core'
import { cells, recurrent, stack, type Cell } from '@tapeloop/layers'
import { describe, expect, test } from 'vitest'
import { watched } from './watched.js'

const size = { inputSize: 2, hiddenSize: 3 }
const x = uniform(randomKey(1), [2, 4, 2], { dtype: 'float64' }).sub(0.5)
const run = (cell: Cell) => {
  const layer = watched(cell, size)
  const params = layer.init(randomKey(2), 'float64')
  return { params, ...layer.apply(params, x) }
}

describe.each(Object.values(cells as unknown as Record<string, Cell>).map((cell) => [cell.name, cell]))(
  '%s',
  (_name, cell) => {
    const { params, output, state } = run(cell)

    test('gives what recurrent gives', () => {
      const plain = recurrent(cell, size).apply(params, x)
      expect(output.dataSync()).toEqual(plain.output.dataSync())
      expect(JSON.stringify(state)).toBe(JSON.stringify(plain.state))
    })

    test('names no gate that it does not have', () => {
      expect(Object.keys(run(cell).gates).slice(0, cell.gates?.length ?? 0)).toEqual([...(cell.gates ?? [])])
    })
  },
)

test('the gates of an LSTM have their names', () => {
  const layer = watched(cells.lstm, { ...size, forgetBias: 100 })
  const { gates } = layer.apply(layer.init(randomKey(2), 'float64'), x)
  expect(Object.keys(gates)).toEqual(['o', 'f', 'i'])
  expect(gates['f']!.shape).toEqual([2, 4, 3])
  expect(Math.min(...gates['f']!.dataSync())).toBeGreaterThan(0.99)
  expect(Math.max(...gates['i']!.dataSync())).toBeLessThan(0.9)
})

test('the gates of a GRU have their names', () => {
  const { params, states, gates } = run(cells.gru as unknown as Cell)
  // with z = 1 the state is held
  const layer = watched(cells.gru, size)
  const bias = tensor([0, 0, 0, 100, 100, 100, 0, 0, 0], { dtype: 'float64' })
  const held = layer.apply({ ...params, bias }, x)
  expect(Math.max(...held.output.dataSync().map(Math.abs))).toBeLessThan(1e-20)
  expect(Math.min(...held.gates['z']!.dataSync())).toBeGreaterThan(0.99)
  expect(Object.keys(gates)).toEqual(['z', 'r'])
  expect(Object.keys(states)).toEqual(['h'])
})

test('a plain network has no gates, and a stack those of its layers', () => {
  expect(run(cells.rnn as unknown as Cell).gates).toEqual({})
  const both = stack([cells.gru as unknown as Cell, cells.lstm as unknown as Cell])
  expect(Object.keys(run(both).gates)).toHaveLength(5)
})

test('the states at every time are those of shorter runs', () => {
  const layer = watched(cells.lstm, size)
  const params = layer.init(randomKey(2), 'float64')
  const { states, state } = layer.apply(params, x)
  const c = states['c'] as typeof x
  const last = state['c'] as typeof x
  expect(c.shape).toEqual([2, 4, 3])
  expect([...c.dataSync()].slice(9, 12)).toEqual([...last.dataSync()].slice(0, 3))
})
