import { describe, expect, test } from 'vitest'
import { resolveOptions, type OptionSpecs } from './options.js'

const specs = {
  rate: { type: 'number', default: 0.1, min: 0, max: 1, doc: '' },
  depth: { type: 'number', default: 2, min: 1, integer: true, doc: '' },
  scale: { type: 'number', default: 1, doc: '' },
  gated: { type: 'boolean', default: true, doc: '' },
  activation: { type: 'choice', choices: ['tanh', 'relu'], default: 'tanh', doc: '' },
} as const satisfies OptionSpecs

describe('resolveOptions', () => {
  test('puts what is given over the defaults', () => {
    expect(resolveOptions('cell', specs, {})).toEqual({
      rate: 0.1,
      depth: 2,
      scale: 1,
      gated: true,
      activation: 'tanh',
    })
    expect(resolveOptions('cell', specs, { depth: 3, gated: false })).toMatchObject({
      depth: 3,
      gated: false,
    })
  })

  test.each([
    [{ rate: 2 }, 'cell: option rate is 2; it must be a number from 0 up to 1'],
    [{ rate: NaN }, 'cell: option rate is NaN; it must be a number from 0 up to 1'],
    [{ rate: '0.5' }, 'cell: option rate is "0.5"; it must be a number from 0 up to 1'],
    [{ depth: 1.5 }, 'cell: option depth is 1.5; it must be a whole number from 1'],
    [{ depth: 0 }, 'cell: option depth is 0; it must be a whole number from 1'],
    [{ scale: Infinity }, 'cell: option scale is Infinity; it must be a number'],
    [{ gated: 1 }, 'cell: option gated is 1; it must be true or false'],
    [{ gated: undefined }, 'cell: option gated is undefined; it must be true or false'],
    [{ activation: 'selu' }, 'cell: option activation is "selu"; it must be tanh or relu'],
    [{ width: 1 }, 'cell: there is no option width; its options are rate, depth, scale, gated, activation'],
    [{ constructor: 1 }, 'cell: there is no option constructor; its options are'],
  ])('refuses %o', (given, says) => {
    expect(() => resolveOptions('cell', specs, given)).toThrow(says)
  })

  test('says so where there are no options at all', () => {
    expect(() => resolveOptions('cell', {}, { width: 1 })).toThrow(
      'cell: there is no option width; it has none',
    )
  })
})
