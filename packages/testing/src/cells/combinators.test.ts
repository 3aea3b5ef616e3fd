/** What combinators make is held to the same checks as the cells they are made from. */
import {
  bidirectional,
  gru,
  lstm,
  peepholeLstm,
  recurrent,
  residual,
  residualLstm,
  rnn,
  sequential,
  stack,
  withOptions,
  type Cell,
  type Merge,
} from '@tapeloop/layers'
import { describe, test } from 'vitest'
import type { Draw } from '../draw.js'
import { cellSubject, type LayerSubject } from './sample.js'
import { cellChecks, layerChecks } from './suite.js'

const anySize = (draw: Draw) => ({ inputSize: draw.integer(1, 3), hiddenSize: draw.integer(1, 3) })
/** As many features in as out. */
const equalSizes = (draw: Draw) => {
  const size = draw.integer(1, 3)
  return { inputSize: size, hiddenSize: size }
}

const combined: readonly (readonly [
  cell: Cell,
  size: (draw: Draw) => { inputSize: number; hiddenSize: number },
])[] = [
  [stack([rnn, residualLstm, gru]), anySize],
  [stack([lstm, stack([gru, rnn])], { sizes: [2, 3] }), anySize],
  [stack([lstm, residual(withOptions(gru, { resetAfter: false, recurrentBias: true }))]), anySize],
  [residual(stack([lstm, gru])), equalSizes],
  [residual(peepholeLstm), equalSizes],
]

describe.each(combined)('$name', { timeout: 60_000 }, (cell, size) => {
  test.each(cellChecks)('$title', ({ check }) => {
    check(cellSubject(cell, size), { runs: 10 })
  })
})

const merges: readonly Merge[] = ['concat', 'sum', 'mean', 'product']

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
