import { cells, gru, lstm, type Cell } from '@tapeloop/layers'
import { expect, test } from 'vitest'
import { allCellOptions, checkCellOptions, optionsFor, ownersOf } from './cell-options.js'

test('every option of every cell is a flag', () => {
  const all = allCellOptions()
  const names = Object.values<Cell>(cells).flatMap(({ options }) => Object.keys(options))
  expect(new Set(Object.keys(all))).toEqual(new Set(names))
})

test('where not all cells have an option, it is said which do', () => {
  const notes = ownersOf(allCellOptions())
  expect(notes['resetAfter']).toBe('of gru')
  expect(notes['forgetBias']).toMatch(/^not of .*gru/)
  expect(notes['bias']).toMatch(/^not of layer-norm-lstm/)
})

test('an option that none of the cells has is refused, with those they have', () => {
  expect(() => checkCellOptions([gru], { forgetBias: 1 })).toThrow(
    '--forget-bias is no option of gru; there are --reset-after, --bias and --recurrent-bias.',
  )
  expect(() => checkCellOptions([gru, lstm], { forgetBias: 1, resetAfter: false })).not.toThrow()
})

test('of options for several cells each takes its own', () => {
  expect(optionsFor(gru, { forgetBias: 1, resetAfter: false })).toEqual({ resetAfter: false })
})
