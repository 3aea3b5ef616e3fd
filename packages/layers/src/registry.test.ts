import { afterEach, describe, expect, test, vi } from 'vitest'
import { cells, defineCell, isCell, lstm, stack, zerosInit, type OptionSpecs } from './index.js'

/** Every test has a registry of its own. */
let registry = await import('./registry.js')
afterEach(async () => {
  vi.resetModules()
  registry = await import('./registry.js')
})

const cellOf = (name: string, options: OptionSpecs = {}) =>
  defineCell({
    name,
    title: 'A cell of the user',
    cite: [],
    equations: '',
    options,
    state: ({ hiddenSize }) => ({ h: [hiddenSize] }),
    params: ({ hiddenSize }) => ({ bias: zerosInit([hiddenSize]) }),
    step: ({ bias }, { h }) => ({ h: h.add(bias) }),
  })

describe('a registered cell', () => {
  test('is found by its name, after those of the package', () => {
    const leaky = cellOf('leaky-rnn')
    registry.registerCell(leaky)
    expect(registry.cellNamed('leaky-rnn')).toBe(leaky)
    expect([...registry.registeredCells.keys()]).toEqual([...Object.keys(cells), 'leaky-rnn'])
  })

  test('may be registered again', () => {
    const leaky = cellOf('leaky-rnn')
    registry.registerCell(leaky)
    registry.registerCell(leaky)
    expect(registry.registeredCells.size).toBe(Object.keys(cells).length + 1)
  })

  test.each([
    ['of a name of ours', cellOf('lstm'), 'there is a cell lstm already; choose another name'],
    [
      'of a name of another, as two versions of one package are',
      cellOf('taken'),
      'there is a cell taken already; choose another name, or keep one version of its package, where npm ls shows two',
    ],
    ['with an odd name', cellOf('Leaky RNN'), '"Leaky RNN" is no name for a cell; write it in lower case'],
    ['with an empty name', cellOf(''), '"" is no name for a cell'],
    ['made by a combinator', stack([lstm]), '"stack(lstm)" is no name for a cell'],
    [
      'with an option that means something else elsewhere',
      cellOf('odd', { forgetBias: { type: 'boolean', default: true, doc: 'forget' } }),
      'the option forgetBias of odd is a boolean, that of lstm a number; rename it, for one flag serves all cells',
    ],
    ['that is none', { name: 'none' }, 'this is no cell; give it what defineCell returns'],
  ])('%s is refused', (_, cell, says) => {
    registry.registerCell(cellOf('taken'))
    const before = [...registry.registeredCells]
    expect(() => registry.registerCell(cell as never)).toThrow(`registerCell: ${says}`)
    expect([...registry.registeredCells]).toEqual(before)
  })
})

test('a name that no cell has is refused, with those there are', () => {
  expect(() => registry.cellNamed('transformer')).toThrow(
    /cellNamed: there is no cell "transformer"; the cells are rnn, lstm, .*; register your own by registerCell/,
  )
})

test('a property that objects inherit is no cell', () => {
  expect(() => registry.cellNamed('constructor')).toThrow('there is no cell "constructor"')
  registry.registerCell(cellOf('constructor'))
  expect(registry.cellNamed('constructor').name).toBe('constructor')
})

test.each([lstm, stack([lstm])])('$name is a cell', (cell) => expect(isCell(cell)).toBe(true))
test.each([null, 3, {}, { ...lstm, name: 3 }, { ...lstm, options: null }, { ...lstm, step: undefined }])(
  '%j is no cell',
  (value) => expect(isCell(value)).toBe(false),
)

test.each(Object.entries(cells))(
  '%s could be registered: its options mean what those of others do',
  (_, cell) => {
    expect(() => registry.registerCell({ ...cell, name: `${cell.name}-again` } as never)).not.toThrow()
  },
)
