import { describe, expect, test } from 'vitest'
import { checkStructure, flatten, mapTree, tensor, unflatten, type Tensor, type Tree } from './index.js'

const [a, b, c] = [tensor(1), tensor(2), tensor(3)] as const

describe('records of tensors', () => {
  test('are flattened in key order as written, with dotted paths', () => {
    const tree = { lstm: { kernel: a, bias: [b, c] }, head: c }
    const { leaves, paths, structure } = flatten(tree)
    expect(leaves).toEqual([a, b, c, c])
    expect(paths).toEqual(['lstm.kernel', 'lstm.bias.0', 'lstm.bias.1', 'head'])
    expect(unflatten(structure, leaves)).toEqual(tree)
    expect(flatten(a)).toEqual({ leaves: [a], paths: [''], structure: null })
    expect(flatten([[], {}]).leaves).toEqual([])
  })

  test('may have no prototype', () => {
    const bare = Object.assign(Object.create(null) as Record<string, Tensor>, { x: a })
    expect(flatten(bare).paths).toEqual(['x'])
  })

  test('are mapped leaf by leaf', () => {
    const doubled = mapTree({ x: a, y: [b] as const }, (leaf, path) => (path === 'x' ? leaf.mul(2) : leaf))
    expect([doubled.x.itemSync(), doubled.y[0]]).toEqual([2, b])
  })

  test.each([
    [{ x: 3 }, 'x is the number 3, not a tensor or a record of tensors; wrap numbers in tensor(…)'],
    [{ x: [a, null] }, 'x.1 is null, not a tensor'],
    [{ x: { y: undefined } }, 'x.y is undefined, not a tensor'],
    [{ x: new Date(0) }, 'x is a Date, not a tensor'],
    [{ x: () => a }, 'x is a function, not a tensor'],
    [{ x: Float32Array.of(1) }, 'x is a Float32Array, not a tensor'],
    ['text', 'the argument is a string, not a tensor'],
  ])('hold nothing else: %s', (tree, message) => {
    expect(() => flatten(tree as unknown as Tree, 'save')).toThrow(`save: ${message}`)
  })

  test('of another structure are refused by the first path that differs', () => {
    const check = (expected: Tree, actual: Tree) => () =>
      checkStructure('load', flatten(expected), flatten(actual))
    expect(check({ x: a, y: b }, { x: b, y: c })).not.toThrow()
    expect(check({ x: a, y: { z: b } }, { x: a, y: b })).toThrow('load: the record lacks y.z')
    expect(check({ x: a }, { x: a, y: b })).toThrow('load: the record has y, which is not expected there')
    expect(check({ x: a, y: b }, { y: b, x: a })).toThrow(
      'load: the record lists its keys in another order: y, x; use x, y',
    )
  })
})
