import {
  flatten,
  grad,
  optimise,
  randomKey,
  showProducts,
  survey,
  trace,
  uniform,
  type Tensor,
  type Tree,
} from '@tapeloop/core'
import { cells, recurrent, type Cell } from '@tapeloop/layers'
import { describe, expect, test } from 'vitest'

/**
 * What stands on the critical path of a time step, for every cell there is: its products with the state, in hidden sizes.
 * `1×4` is [batch, H] by [H, 4H]. Everything else has left the loop. The backward pass has the same products transposed,
 * unless it is said otherwise.
 */
const steps: Readonly<Record<string, readonly [forward: string, backward?: string]>> = {
  rnn: ['1×1'],
  lstm: ['1×4'],
  gru: ['1×3'],
  'peephole-lstm': ['1×4'],
  'residual-lstm': ['1×4 1×1'],
  'nig-lstm': ['1×3'],
  'nfg-lstm': ['1×3'],
  'nog-lstm': ['1×3'],
  'niaf-lstm': ['1×4'],
  'noaf-lstm': ['1×4'],
  'cifg-lstm': ['1×3'],
  // the gates of the last step come back: three of them
  'fgr-lstm': ['1×4 3×3'],
  'projected-lstm': ['1×4 1×1'],
  'layer-norm-lstm': ['1×4'],
  'cell-norm-lstm': ['1×4'],
  'gate-norm-lstm': ['1×4'],
  mgu: ['1×1 1×1'],
  janet: ['1×2'],
  ugrnn: ['1×2'],
  'min-gru': [''],
  'min-lstm': [''],
  'minimal-rnn': ['1×1'],
  'ind-rnn': [''],
  irnn: ['1×1'],
  sru: [''],
  qrnn: [''],
  // three microsteps, one after the other
  rhn: ['1×2 1×2 1×2'],
  jordan: ['1×1 1×1'],
  mut1: ['1×1 1×1'],
  mut2: ['1×2 1×1'],
  mut3: ['1×1 1×1 1×1'],
  'multiplicative-lstm': ['1×1 1×4'],
  'lstm-1997': ['1×3'],
  slstm: ['1×4'],
  mlstm: [''],
  lru: [''],
  cfc: ['1×1 1×4'],
  'phased-lstm': ['1×4'],
  // two layers in one loop, for the upper one reads the cell of the lower at the same step; its gates meet in one product
  'highway-lstm': ['1×4 2×4 1×1', '5×1 4×1 4×1'],
}

const [B, T, D, H] = [8, 16, 4, 6]

/** The products of a loop in hidden sizes, in order. */
const productsIn = (loop: string) =>
  loop
    .split(' ')
    .filter((product) => product !== '')
    .map((product) => {
      const [batch, k, n] = product.split('×').map(Number)
      return batch === B ? `${k! / H}×${n! / H}` : product
    })
    .toSorted()

const turned = (products: string) => products.replaceAll(/(\d+)×(\d+)/g, '$2×$1')

const sumOfSquares = (tree: Tree) =>
  flatten(tree).leaves.reduce((sum: Tensor | null, leaf) => {
    const squares = leaf.pow(2).sum()
    return sum ? sum.add(squares) : squares
  }, null)!

function loopsOf(cell: Cell) {
  const layer = recurrent(cell, { inputSize: D, hiddenSize: H })
  const params: Tree = layer.init(randomKey(1))
  const x = uniform(randomKey(2), [B, T, D])
  const loss = (params: Tree, x: Tensor) =>
    sumOfSquares(layer.apply(params as ReturnType<typeof layer.init>, x, { key: randomKey(3) }).output)
  const first = (params: Tree, x: Tensor) => grad((params: Tree) => loss(params, x))(params)
  const second = (params: Tree, x: Tensor) => grad((params: Tree) => sumOfSquares(first(params, x)))(params)
  return [first, second].map((f) =>
    survey(optimise(trace(f, params, x))).loops.map((loop) => productsIn(showProducts(loop))),
  )
}

describe('the products of a step', () => {
  test.each(Object.entries(cells))('of %s', { timeout: 20_000 }, (name, cell) => {
    const [first, second] = loopsOf(cell)
    const row = steps[name]
    expect(row, `add to the table of this test ${lineFor(name, first!)}`).toBeDefined()
    const [forward, backward = turned(forward)] = row!
    const [there, back] = [productsOfRow(forward), productsOfRow(backward)]
    expect(first).toEqual([there, back])
    expect(second).toEqual([there, back, there, back])
  })
})

test('the line to add for a cell names its products, and those backwards where they are others', () => {
  expect(lineFor('leaky-rnn', [['1×1'], ['1×1']])).toBe(`'leaky-rnn': ['1×1'],`)
  expect(
    lineFor('odd', [
      ['1×4', '1×1'],
      ['1×1', '4×1'],
    ]),
  ).toBe(`'odd': ['1×4 1×1'],`)
  expect(lineFor('odd', [['1×4'], ['5×1']])).toBe(`'odd': ['1×4', '5×1'],`)
})

/** The line of the table that says what these loops do. */
function lineFor(name: string, [there = [], back = []]: readonly (readonly string[])[]): string {
  const isTurned = productsOfRow(turned(there.join(' '))).join() === back.toSorted().join()
  const rows = isTurned ? [there] : [there, back]
  return `'${name}': [${rows.map((row) => `'${row.join(' ')}'`).join(', ')}],`
}

function productsOfRow(row: string) {
  return row
    .split(' ')
    .filter((product) => product !== '')
    .toSorted()
}
