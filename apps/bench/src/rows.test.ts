import { expect, test } from 'vitest'
import { products } from './benchmarks/products.js'
import { step } from './benchmarks/step.js'
import { jsonLine, rowOf, textLine } from './rows.js'

const of = { cell: 'lstm', hidden: 128, layers: 1, threads: 1, input: 'embedding' }

test('a row is one line of JSON: case, level, ours, peer, theirs and their ratio', () => {
  const row = rowOf(step, 'time', 'portable', of, 20, { peer: 'pytorch', theirs: 30.00004 })
  expect(jsonLine(row)).toBe(
    '{"benchmark":"step","case":{"cell":"lstm","hidden":128,"layers":1,"threads":1,"input":"embedding"},' +
      '"level":"portable","ours":20,"peer":"pytorch","theirs":30,"ratio":1.5}',
  )
})

test('without an opponent the row says null', () => {
  expect(rowOf(step, 'time', 'portable', of, 20, null)).toMatchObject({
    peer: null,
    theirs: null,
    ratio: null,
  })
})

test('what the opponent adds to the case stands in it, and the measure where there are several', () => {
  const opponent = { peer: 'tapeloop', row: { against: 'threads=1' }, theirs: 1 } as const
  expect(rowOf(step, 'time', 'portable', of, 1, opponent).case).toEqual({ ...of, against: 'threads=1' })
  const both = { name: 'long', measures: ['time', 'grown'] } as const
  expect(rowOf(both, 'grown', 'portable', { time: 64 }, 1, null).case).toEqual({ time: 64, measure: 'grown' })
})

test('a line of text shows the case, both values with their unit, and the ratio', () => {
  const row = rowOf(step, 'time', 'wide', of, 20, { peer: 'pytorch', theirs: 123.4 })
  expect(textLine(row, 'time', undefined).split(/\s{2,}/)).toEqual([
    'lstm, hidden 128, layers 1, threads 1, embedding',
    'wide',
    '20.0 ms',
    'pytorch',
    '123 ms',
    '6.17 ×',
  ])
  expect(textLine(rowOf(step, 'peak', 'wide', of, 20, null), 'peak', undefined)).toContain('20.0 MB')
})

test('products are shown by their speed', () => {
  const row = rowOf(products, 'time', 'wide', { product: 'input', hidden: 64, threads: 1 }, 1, null)
  // 2048 × 64 × 256 products and sums in a millisecond
  expect(textLine(row, 'time', products.show)).toContain('67.1 GFLOP/s')
})
