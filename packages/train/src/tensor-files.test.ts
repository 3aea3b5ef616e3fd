import { flatten, normal, tensor, zeros, type Tensor, type Tree } from '@tapeloop/core'
import { decodeSafetensors, encodeSafetensors } from '@tapeloop/formats'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { restoreTree, treeToSafetensors } from './tensor-files.js'

const leaf = fc
  .tuple(
    fc.constantFrom('float32' as const, 'float64' as const, 'int32' as const, 'bool' as const),
    fc.array(fc.nat({ max: 3 }), { maxLength: 3 }),
  )
  .chain(([dtype, shape]) => {
    const size = shape.reduce((product, extent) => product * extent, 1)
    const number = {
      float32: fc.float(),
      float64: fc.double(),
      int32: fc.integer(),
      bool: fc.nat({ max: 1 }),
    }[dtype]
    const data = fc.array(number, { minLength: size, maxLength: size })
    const array = { float32: Float32Array, float64: Float64Array, int32: Int32Array, bool: Uint8Array }[dtype]
    return data.map((numbers) => tensor(array.from(numbers), { shape, dtype }))
  })
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.dictionary(fc.stringMatching(/^[a-zA-Z_0-9]{1,6}$/), tie('tree'), { maxKeys: 4 }),
    fc.array(tie('tree'), { maxLength: 3 }),
  ),
}))

const contentOf = (tree: Tree) => {
  const { leaves, paths, structure } = flatten(tree)
  return { paths, structure, leaves: leaves.map(({ dtype, shape, ...rest }) => [dtype, shape, rest]) }
}

test('any record of tensors comes back from a safetensors file', async () => {
  await fc.assert(
    fc.asyncProperty(tree, async (tree) => {
      const bytes = encodeSafetensors(await treeToSafetensors(tree))
      const back = restoreTree(tree, decodeSafetensors(bytes).tensors, 'file')
      expect(contentOf(back)).toEqual(contentOf(tree))
      const numbers = (tree: Tree) => flatten(tree).leaves.map((leaf) => leaf.dataSync())
      expect(numbers(back)).toEqual(numbers(tree))
    }),
  )
})

test('what does not fit is named, with both shapes', async () => {
  const stored = await treeToSafetensors({ a: { kernel: tensor([[1, 2]]) }, b: tensor(1) })
  const remedy = 'load it with the options that it was saved with'
  expect(() => restoreTree({ a: { kernel: tensor([1, 2]) }, b: tensor(1) }, stored, 'm')).toThrow(
    `m: a.kernel is F32 [1, 2] but F32 [2] is expected; ${remedy}`,
  )
  expect(() =>
    restoreTree({ a: { kernel: tensor([[1, 2]]) }, b: tensor(1, { dtype: 'int32' }) }, stored, 'm'),
  ).toThrow(`m: b is F32 [] but I32 [] is expected; ${remedy}`)
  expect(() => restoreTree({ a: { kernel: tensor([[1, 2]]) } }, stored, 'm')).toThrow(
    `m: the tensor b is not a part of what is loaded; ${remedy}`,
  )
  const more = { a: { kernel: tensor([[1, 2]]), bias: tensor(0) }, b: tensor(1) }
  expect(() => restoreTree(more, stored, 'm')).toThrow(`m: there is no tensor a.bias; ${remedy}`)
})

test('two tensors with one path are refused', async () => {
  await expect(treeToSafetensors({ 'a.b': tensor(1), a: { b: tensor(2) } })).rejects.toThrow(
    'treeToSafetensors: two tensors have the path a.b; use keys without dots',
  )
})

test('of a function that draws only shapes are looked at, unless it reads numbers', async () => {
  let computed = 0
  const draw = (key: Tensor) => ({ a: normal(key, [2, 3]), b: zeros([2]) })
  const counting = (key: Tensor) => {
    const drawn = draw(key)
    computed += drawn.a.level === 0 ? 1 : 0
    return drawn
  }
  const reading = (key: Tensor) => ({ ...counting(key), b: tensor(draw(key).a.dataSync().slice(0, 2)) })
  const saved = {
    a: tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]),
    b: tensor([7, 8]),
  }
  const stored = await treeToSafetensors(saved)
  for (const [like, times] of [
    [counting, 0],
    [reading, 1],
  ] as const) {
    expect(contentOf(restoreTree(like, stored, 'm'))).toEqual(contentOf(saved))
    expect(computed).toBe(times)
  }
})
