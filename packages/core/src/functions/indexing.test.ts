import { describe, expect, test } from 'vitest'
import {
  compile,
  grad,
  indexAdd,
  indexCopy,
  indexSelect,
  iota,
  maskedFill,
  maskedSelect,
  oneHot,
  scatterAddAlong,
  scatterAlong,
  takeAlongAxis,
  takeAt,
  tensor,
  vmap,
  zeros,
  type Nested,
  type Tensor,
} from '../index.js'

const ints = (data: Nested) => tensor(data, { dtype: 'int32' })
const x = iota(6).reshape([2, 3]) // [[0, 1, 2], [3, 4, 5]]

describe('along an axis', () => {
  test('takes, writes and adds by line', () => {
    expect(
      takeAlongAxis(
        x,
        ints([
          [2, 0],
          [1, 1],
        ]),
      ).toNested(),
    ).toEqual([
      [2, 0],
      [4, 4],
    ])
    expect(takeAlongAxis(x, ints([[1, 0]]), 0).toNested()).toEqual([[3, 1]])
    expect(scatterAlong(x, ints([[2], [0]]), ints([[9], [8]])).toNested()).toEqual([
      [0, 1, 9],
      [8, 4, 5],
    ])
    expect(scatterAlong(x, ints([[1]]), ints([[9]]), 0).toNested()).toEqual([
      [0, 1, 2],
      [9, 4, 5],
    ])
    expect(
      scatterAddAlong(
        x,
        ints([
          [0, 0],
          [1, 2],
        ]),
        ints([
          [1, 2],
          [3, 4],
        ]),
      ).toNested(),
    ).toEqual([
      [3, 1, 2],
      [3, 7, 9],
    ])
  })

  test('refuses what does not fit', () => {
    expect(() => takeAlongAxis(x, ints([0]))).toThrow('the tensor has 2 axes and the indices have 1')
    expect(() => takeAlongAxis(x, ints([[0], [0], [0]]))).toThrow(
      'takeAlongAxis: axis 0 has 3 entries in the indices [3, 1] but 2 in the tensor [2, 3]; only axis -1 may have more',
    )
    expect(() => takeAlongAxis(x, zeros([2, 1]))).toThrow('the indices are float32; cast them to int32')
    expect(() => takeAlongAxis(x, ints([[3], [0]])).dataSync()).toThrow(
      'index 3 is outside the axis of size 3',
    )
    expect(() => scatterAddAlong(x, ints([[0], [0]]), zeros([2, 1]))).toThrow('the updates are float32')
  })
})

describe('whole entries', () => {
  test('indexSelect puts the axes of the indices in place of the axis', () => {
    expect(indexSelect(x, ints([2, 0]), 1).toNested()).toEqual([
      [2, 0],
      [5, 3],
    ])
    expect(indexSelect(x, ints([[1], [0]]), -1).toNested()).toEqual([
      [[1], [0]],
      [[4], [3]],
    ])
  })

  test('indexAdd adds up, indexCopy replaces', () => {
    expect(
      indexAdd(
        x,
        ints([1, 1]),
        ints([
          [1, 2],
          [3, 4],
        ]),
        1,
      ).toNested(),
    ).toEqual([
      [0, 4, 2],
      [3, 11, 5],
    ])
    expect(indexCopy(x, ints([1]), ints([[7, 8, 9]])).toNested()).toEqual([
      [0, 1, 2],
      [7, 8, 9],
    ])
    expect(() => indexAdd(x, ints([0]), ints([[1, 2]]))).toThrow('updates of shape [1, 3]')
  })

  test('takeAt reads coordinates, broadcast together, and refuses each that is outside its axis', () => {
    expect(takeAt(x, [ints([[1], [0]]), ints([0, 2])]).toNested()).toEqual([
      [3, 5],
      [0, 2],
    ])
    expect(takeAt(x, [ints([1, 1])]).toNested()).toEqual([
      [3, 4, 5],
      [3, 4, 5],
    ])
    expect(() => takeAt(x, [ints([0]), ints([3])]).dataSync()).toThrow(
      'index 3 is outside the axis of size 3',
    )
  })

  test('oneHot refuses a class that does not exist', () => {
    expect(oneHot(ints([[1], [0]]), 2).toNested()).toEqual([[[0, 1]], [[1, 0]]])
    expect(oneHot(ints(1), 3, 'int32').toNested()).toEqual([0, 1, 0])
    expect(() => oneHot(ints([2]), 2).dataSync()).toThrow('index 2 is outside the axis of size 2')
  })
})

describe('masks', () => {
  const mask = tensor([
    [true, false, true],
    [false, false, true],
  ])

  test('maskedFill broadcasts and stops gradients', () => {
    expect(maskedFill(x, tensor([true, false, false]), -1).toNested()).toEqual([
      [-1, 1, 2],
      [-1, 4, 5],
    ])
    const at = zeros([3])
    expect(grad((x: Tensor) => maskedFill(x, tensor([true, false, false]), 5).sum())(at).toNested()).toEqual([
      0, 1, 1,
    ])
  })

  test('maskedSelect works where the mask has numbers, inside grad too, and nowhere else', () => {
    expect(maskedSelect(x, mask).toNested()).toEqual([0, 2, 5])
    const f = (x: Tensor) => maskedSelect(x, mask).mul(2).sum()
    expect(grad(f)(x.cast('float32')).toNested()).toEqual([
      [2, 0, 2],
      [0, 0, 2],
    ])
    expect(() => compile((mask: Tensor) => maskedSelect(x, mask))(mask)).toThrow(
      'maskedSelect: the length of the result depends on the numbers of the mask',
    )
    expect(() => vmap((x: Tensor, mask: Tensor) => maskedSelect(x, mask))(x, mask)).toThrow('maskedSelect')
  })
})
