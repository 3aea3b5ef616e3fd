import { describe, expect, test } from 'vitest'
import { diag, diagonal, einsum, eye, iota, outer, tensor, tril, triu, zeros, type Nested } from '../index.js'

const of = (data: Nested) => tensor(data, { dtype: 'float64' })
const x = iota(6).reshape([2, 3]) // [[0, 1, 2], [3, 4, 5]]

describe('matrices', () => {
  test('triangles', () => {
    expect(tril(x).toNested()).toEqual([
      [0, 0, 0],
      [3, 4, 0],
    ])
    expect(triu(x, 1).toNested()).toEqual([
      [0, 1, 2],
      [0, 0, 5],
    ])
    expect(tril(zeros([2, 3, 3])).shape).toEqual([2, 3, 3])
    expect(() => tril(iota(3))).toThrow('tril: the tensor has shape [3]; a matrix needs two axes')
  })

  test.each([
    [0, [0, 4]],
    [1, [1, 5]],
    [2, [2]],
    [3, []],
    [-1, [3]],
    [-2, []],
    [-5, []],
  ])('diagonal %i', (k, expected) => {
    expect(diagonal(x, { k }).toNested()).toEqual(expected)
  })

  test('diag undoes diagonal, at any place', () => {
    expect(diag(tensor([1, 2])).toNested()).toEqual([
      [1, 0],
      [0, 2],
    ])
    expect(diag(tensor([1, 2]), -1).toNested()).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [0, 2, 0],
    ])
    for (const k of [-2, 0, 3]) expect(diagonal(diag(iota(3), k), { k }).toNested()).toEqual([0, 1, 2])
    expect(diag(zeros([0]), 1).toNested()).toEqual([[0]])
    expect(diag(zeros([4, 2])).shape).toEqual([4, 2, 2])
  })

  test('eye and outer', () => {
    expect(eye(2, { columns: 3, k: 1 }).toNested()).toEqual([
      [0, 1, 0],
      [0, 0, 1],
    ])
    expect(outer(tensor([1, 2]), tensor([3, 4])).toNested()).toEqual([
      [3, 4],
      [6, 8],
    ])
  })
})

describe('einsum', () => {
  const a = of([
    [1, 2],
    [3, 4],
  ])

  test.each<[string, Nested]>([
    [
      'ij->ji',
      [
        [1, 3],
        [2, 4],
      ],
    ],
    [
      'ij',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [
      'ji',
      [
        [1, 3],
        [2, 4],
      ],
    ],
    ['ii', 5],
    ['ii->i', [1, 4]],
    ['ij->', 10],
    ['ij->j', [4, 6]],
    [
      '...->...',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [
      'i...->...i',
      [
        [1, 3],
        [2, 4],
      ],
    ],
  ])('%s of one operand', (equation, expected) => {
    expect(einsum(equation, a).toNested()).toEqual(expected)
  })

  test('operands broadcast where sizes are 1 or axes stand for …', () => {
    expect(einsum('ij,jk->ik', a, of([[2, 1]])).toNested()).toEqual([
      [6, 3],
      [14, 7],
    ])
    expect(einsum('...i,i->...', a, of([1, 10])).toNested()).toEqual([21, 43])
    expect(einsum('i,j,k->kji', of([1, 2]), of([3]), of([4, 5])).toNested()).toEqual([[[12, 24]], [[15, 30]]])
  })

  test.each([
    ['ij,jk', 'names 2 operands but 1 were given'],
    ['ijk', 'ijk in ijk names 3 axes, but operand 0 has shape [2, 2]'],
    ['ij->k', 'the result of ij->k has the label k, which no operand has'],
    ['ij->ii', 'has a label twice'],
    ['i;', "is not of the form 'ij,jk->ik'"],
    ['i..j', 'names'],
  ])('refuses %s', (equation, sentence) => {
    expect(() => einsum(equation, a)).toThrow(sentence)
  })

  test('refuses a label of two sizes', () => {
    expect(() => einsum('ij,jk', a, zeros([3, 2], 'float64'))).toThrow(
      'einsum: label j of ij,jk is 2 in one operand and 3 in another; make them equal',
    )
    expect(() => einsum('ii', x)).toThrow('label i names axes of 2 and 3 entries in [2, 3]')
  })
})
