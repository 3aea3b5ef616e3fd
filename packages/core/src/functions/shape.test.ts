import { describe, expect, test } from 'vitest'
import {
  arange,
  chunk,
  expandDims,
  flattenAxes,
  iota,
  linspace,
  pad,
  repeat,
  repeatInterleave,
  roll,
  slice,
  split,
  squeeze,
  stack,
  swapAxes,
  tensor,
  unfold,
  unstack,
  zeros,
  type AxisRange,
} from '../index.js'

const x = iota(6).reshape([2, 3]) // [[0, 1, 2], [3, 4, 5]]

describe('shapes', () => {
  test('axes are exchanged, dropped, added and joined', () => {
    expect(swapAxes(x, 0, -1).toNested()).toEqual([
      [0, 3],
      [1, 4],
      [2, 5],
    ])
    expect(squeeze(zeros([1, 2, 1])).shape).toEqual([2])
    expect(squeeze(zeros([1, 2, 1]), -1).shape).toEqual([1, 2])
    expect(expandDims(x, -1).shape).toEqual([2, 3, 1])
    expect(flattenAxes(zeros([2, 3, 4]), 1).shape).toEqual([2, 12])
    expect(flattenAxes(zeros([])).shape).toEqual([1])
    expect(() => squeeze(x, 0)).toThrow(
      'squeeze: axis 0 of [2, 3] has 2 entries; only axes of size 1 can be dropped',
    )
  })

  test('repeat lays out copies, repeatInterleave lengthens entries', () => {
    expect(repeat(iota(2), [2, 2]).toNested()).toEqual([
      [0, 1, 0, 1],
      [0, 1, 0, 1],
    ])
    expect(repeatInterleave(x, 2).toNested()).toEqual([
      [0, 0, 1, 1, 2, 2],
      [3, 3, 4, 4, 5, 5],
    ])
    expect(() => repeat(x, [2])).toThrow(
      'repeat: 1 counts do not cover the 2 axes of [2, 3]; give one for each',
    )
  })

  test('stack and unstack undo each other', () => {
    expect(unstack(x, 1).map((part) => part.toNested())).toEqual([
      [0, 3],
      [1, 4],
      [2, 5],
    ])
    expect(stack(unstack(x, 1), 1).toNested()).toEqual(x.toNested())
    expect(() => stack([x, zeros([2], 'int32')])).toThrow(
      'stack: part 0 has shape [2, 3] and part 1 has [2]; make them equal, or join them along an axis they have with concat(…)',
    )
  })

  test('split by sizes and by count, chunk with a rest', () => {
    expect(split(x, [1, 2]).map((part) => part.toNested())).toEqual([
      [[0], [3]],
      [
        [1, 2],
        [4, 5],
      ],
    ])
    expect(chunk(iota(7), 3).map((part) => part.size)).toEqual([3, 3, 1])
    expect(chunk(iota(2), 3).map((part) => part.size)).toEqual([1, 1])
    expect(() => split(x, 2)).toThrow('split: axis -1 of [2, 3] has 3 entries, which 2 does not divide')
    expect(() => split(x, 1.5 as number)).toThrow('split: the count is 1.5; it must be a whole number from 1')
    expect(() => split(x, [4, -1])).toThrow('split: a size is -1; it must be a whole number from 0')
  })

  test('roll moves in both directions and around', () => {
    expect(roll(iota(4), 1).toNested()).toEqual([3, 0, 1, 2])
    expect(roll(iota(4), -5).toNested()).toEqual([1, 2, 3, 0])
    expect(roll(x, 2, 0).toNested()).toEqual(x.toNested())
  })

  test('unfold takes windows with step and dilation', () => {
    expect(unfold(iota(5), { size: 3, step: 2 }).toNested()).toEqual([
      [0, 1, 2],
      [2, 3, 4],
    ])
    expect(unfold(iota(5), { size: 2, dilation: 3 }).toNested()).toEqual([
      [0, 3],
      [1, 4],
    ])
    expect(unfold(zeros([4, 2]), { axis: 0, size: 3 }).shape).toEqual([2, 2, 3])
    expect(() => unfold(iota(2), { size: 3 })).toThrow('a window spans 3 entries but axis -1 of [2] has 2')
  })

  test('arange and linspace', () => {
    expect(arange(0, 1, 0.25).toNested()).toEqual([0, 0.25, 0.5, 0.75])
    expect(arange(3, 0, -2, 'int32').toNested()).toEqual([3, 1])
    expect(arange(2, 1).toNested()).toEqual([])
    expect(linspace(0, 0.3, 4, 'float64').toNested()).toEqual([
      0, 0.09999999999999999, 0.19999999999999998, 0.3,
    ])
    expect(linspace(5, 9, 1).toNested()).toEqual([5])
    expect(() => arange(0, 1, 0)).toThrow('arange: the step is 0; use a positive or a negative one')
  })
})

describe('slice', () => {
  const cases: readonly [string, readonly AxisRange[], unknown][] = [
    ['x[1]', [1], [3, 4, 5]],
    ['x[:, -1]', [null, -1], [2, 5]],
    ['x[-1:, 1:]', [[-1], [1]], [[4, 5]]],
    [
      'x[:, ::2]',
      [null, [null, null, 2]],
      [
        [0, 2],
        [3, 5],
      ],
    ],
    [
      'x[::-1, ::-2]',
      [
        [null, null, -1],
        [null, null, -2],
      ],
      [
        [5, 3],
        [2, 0],
      ],
    ],
    [
      'x[:, 5:0:-1]',
      [null, [5, 0, -1]],
      [
        [2, 1],
        [5, 4],
      ],
    ],
    [
      'x[:, -5:2]',
      [null, [-5, 2]],
      [
        [0, 1],
        [3, 4],
      ],
    ],
    ['x[0, 2:1]', [0, [2, 1]], []],
  ]
  test.each(cases)('%s', (_name, ranges, expected) => {
    expect(slice(x, ranges).toNested()).toEqual(expected)
  })

  test('refuses what is outside', () => {
    expect(() => slice(x, [2])).toThrow('slice: index 2 is outside axis 0 of size 2; use -2 to 1')
    expect(() => slice(x, [0, 0, 0])).toThrow('slice: 3 ranges do not fit the 2 axes of [2, 3]')
    expect(() => slice(x, [[0, 1, 0]])).toThrow('slice: the step of axis 0 is 0')
  })
})

describe('pad', () => {
  test.each([
    ['constant', [7, 7, 0, 1, 2, 7]],
    ['reflect', [2, 1, 0, 1, 2, 1]],
    ['replicate', [0, 0, 0, 1, 2, 2]],
    ['circular', [1, 2, 0, 1, 2, 0]],
  ] as const)('%s', (mode, expected) => {
    expect(pad(iota(3), [[2, 1]], { mode, value: 7 }).toNested()).toEqual(expected)
  })

  test('refuses margins that do not fit', () => {
    expect(() => pad(iota(3), [[3, 0]], { mode: 'reflect' })).toThrow(
      'pad: a margin of 3 is more than mode reflect finds along axis 0 of [3]; use at most 2',
    )
    expect(() => pad(x, [[1, 1]])).toThrow('pad: 1 pairs of margins do not match the 2 axes of [2, 3]')
    expect(() => pad(tensor([1]), [[-1, 0]])).toThrow('pad: a margin is -1; it must be a whole number from 0')
  })
})
