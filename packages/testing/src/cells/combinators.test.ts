/** What combinators make is held to the same checks as the cells they are made from. */
import { sum, type Tensor } from '@tapeloop/core'
import {
  bidirectional,
  cells,
  clipState,
  gru,
  highway,
  lstm,
  peepholeLstm,
  recurrent,
  recurrentDropout,
  resetOn,
  residual,
  residualLstm,
  rnn,
  sequential,
  stack,
  variationalDropout,
  weightDrop,
  withDropout,
  withLayerNorm,
  withOptions,
  zoneout,
  type Cell,
  type Merge,
  type RecurrentOptions,
} from '@tapeloop/layers'
import { describe, expect, test } from 'vitest'
import type { Draw } from '../draw.js'
import { checkSame } from './compare.js'
import { run } from './invariants.js'
import { cellSubject, dataFor, type AnyLayer, type LayerSubject } from './sample.js'
import { cellChecks, layerChecks } from './suite.js'

const anySize = (draw: Draw) => ({ inputSize: draw.integer(1, 3), hiddenSize: draw.integer(1, 3) })
/** As many features in as out. */
const equalSizes = (draw: Draw) => {
  const size = draw.integer(1, 3)
  return { inputSize: size, hiddenSize: size }
}

const severalUnits = (draw: Draw) => ({ inputSize: draw.integer(1, 3), hiddenSize: draw.integer(2, 3) })

const combined: readonly (readonly [
  cell: Cell,
  size: (draw: Draw) => { inputSize: number; hiddenSize: number },
])[] = [
  [stack([rnn, residualLstm, gru]), anySize],
  [stack([lstm, stack([gru, rnn])], { sizes: [2, 3] }), anySize],
  [stack([lstm, residual(withOptions(gru, { resetAfter: false, recurrentBias: true }))]), anySize],
  [residual(stack([lstm, gru])), equalSizes],
  [residual(peepholeLstm), equalSizes],
  [highway(stack([lstm, gru])) as unknown as Cell, equalSizes],
  [withLayerNorm(gru) as unknown as Cell, severalUnits],
  [clipState(lstm, { c: 0.77 }), anySize],
  [resetOn(stack([lstm, gru]), (x) => sum(x, -1).greater(1)), anySize],
  [zoneout(stack([lstm, gru]), 0.4), anySize],
  [stack([weightDrop(variationalDropout(zoneout(lstm, 0.4), { input: 0.4 }), 0.4), gru]), anySize],
]

describe.each(combined)('$name', { timeout: 60_000 }, (cell, size) => {
  test.each(cellChecks)('$title', ({ check }) => {
    check(cellSubject(cell, size), { runs: 10 })
  })
})

/** Combinators that draw masks in training; in evaluation most are the cell itself. */
const regularised = [
  [zoneout(lstm, { h: 0.1, c: 0.4 }), anySize],
  [zoneout(stack([gru, rnn]), 0.4), anySize],
  [variationalDropout(lstm, { input: 0.4, state: 0.4 }), anySize],
  [recurrentDropout(lstm, 0.4), anySize],
  [weightDrop(stack([lstm, gru]), 0.4), anySize],
  [withDropout(gru, 0.4), anySize],
] as const

const inTraining = new Set([
  'has the derivatives that differences have, to the second order',
  'compiles to the same bits',
])

describe.each(regularised)('$name in training', { timeout: 60_000 }, (cell, size) => {
  test.each(layerChecks.filter(({ title }) => inTraining.has(title)))('$title', ({ check }) => {
    const subject = cellSubject(cell, size)
    check({
      name: subject.name,
      draw(draw) {
        const { shows, make } = subject.draw(draw)
        const [layer, key] = [make(), draw.key()]
        return { shows, make: () => withKey(layer, key) }
      },
    })
  })
})

/** A layer in training, always with the same randomness. */
function withKey(layer: AnyLayer, key: Tensor): AnyLayer {
  return { ...layer, apply: (params, x, options) => layer.apply(params, x, { ...options, key }) }
}

const merges: readonly Merge[] = ['concat', 'sum', 'mean', 'product']

/** Cells whose steps can all be taken at once, with candidates above 0. */
const linear = Object.values<Cell>(cells)
  .filter(({ parallel }) => parallel)
  .map((cell) => withOptions(cell, { candidate: 'positive' }))

describe.each(linear)('$name in parallel', { timeout: 60_000 }, (cell) => {
  const subject = (how: RecurrentOptions): LayerSubject => ({
    name: cell.name,
    draw(draw) {
      const size = anySize(draw)
      return { shows: size, make: (more) => recurrent(cell, size, { ...how, ...more }) }
    },
  })
  const both = [false, true].flatMap((reverse) => layerChecks.map((check) => ({ ...check, reverse })))
  test.each(both)('$title, reverse: $reverse', ({ check, reverse }) => {
    check(subject({ parallel: true, reverse }))
  })

  test.each([false, true])('does what it does step by step, reverse: %s', (reverse) => {
    const size = { inputSize: 2, hiddenSize: 3 }
    const [steps, atOnce] = [false, true].map((parallel) => recurrent(cell, size, { reverse, parallel }))
    for (const [seed, time] of [0, 1, 2, 7, 50].entries()) {
      const data = dataFor(steps as AnyLayer, 3, time, seed)
      checkSame(`${time} steps`, run(atOnce as AnyLayer), run(steps as AnyLayer), data, 1e-13)
    }
  })
})

test('there are cells that run in parallel', () => {
  expect(linear.map(({ name }) => name)).toEqual(['min-gru', 'min-lstm'])
})

const bothWays: LayerSubject = {
  name: 'bidirectional',
  draw(draw) {
    const [size, merge] = [anySize(draw), draw.oneOf(merges)]
    const layer = bidirectional(recurrent(lstm, size), recurrent(gru, size, { reverse: true }), { merge })
    return { shows: { ...size, merge }, make: () => layer }
  },
}

const inSequence: LayerSubject = {
  name: 'sequential',
  draw(draw) {
    const size = anySize(draw)
    const first = bidirectional(recurrent(rnn, size), recurrent(rnn, size, { reverse: true }))
    const second = recurrent(lstm, { inputSize: first.outputSize, hiddenSize: draw.integer(1, 3) })
    const layer = sequential([first, second])
    return { shows: size, make: () => layer }
  },
}

describe.each([bothWays, inSequence])('$name', { timeout: 60_000 }, (subject) => {
  test.each(layerChecks)('$title', ({ check }) => {
    check(subject)
  })
})
