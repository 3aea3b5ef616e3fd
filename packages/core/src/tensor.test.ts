import { inspect } from 'node:util'
import { describe, expect, test, vi } from 'vitest'
import { add, compile, grad, iota, ones, sin, tensor, zeros, type Tensor } from './index.js'

describe('lazy evaluation', () => {
  test('shape and dtype are known before the numbers', () => {
    const y = sin(tensor([[1, 2, 3]])).less(0)
    expect([y.shape, y.dtype, y.rank, y.size]).toEqual([[1, 3], 'bool', 2, 3])
    expect(y.value).toBeNull()
  })

  test('a computed value is kept, and lets go of what it was computed from', () => {
    const x = tensor([1, 2])
    const middle = add(x, 1)
    const y = sin(middle)
    expect(y.node!.inputs).toEqual([middle])
    const first = y.toNested()
    expect(y.node).toBeNull()
    expect(middle.node).toBeNull()
    const value = y.value
    expect(y.toNested()).toEqual(first)
    expect(y.value).toBe(value)
  })

  test('what nobody reads is not computed', () => {
    const bad = tensor([1]).add(0)
    const unread = sin(bad)
    expect(bad.toNested()).toEqual([1])
    expect(unread.value).toBeNull()
  })

  test('a long chain of pending nodes is computed unasked, without recursion', () => {
    let x = zeros([2])
    let longest = 0
    for (let i = 0; i < 25_000; i++) {
      x = x.add(1)
      longest = Math.max(longest, x.node?.depth ?? 0)
    }
    expect(longest).toBe(9_999)
    expect(x.toNested()).toEqual([25_000, 25_000])
  })

  test('a short chain that holds many numbers is computed unasked, too', () => {
    let total = zeros([])
    let held = 0
    for (let i = 0; i < 100; i++) {
      total = total.add(ones([2 ** 18]).sum())
      held = Math.max(held, total.node?.held ?? 0)
    }
    expect(held).toBeLessThan(2 ** 23)
    expect(total.itemSync()).toBe(100 * 2 ** 18)
  })

  test('a value shared by many is computed once', () => {
    let x = tensor([1], { dtype: 'float64' })
    for (let i = 0; i < 60; i++) x = x.add(x)
    expect(x.toNested()).toEqual([2 ** 60])
  })
})

describe('reading', () => {
  test('data is a copy in row-major order, of the dtype of the tensor', async () => {
    const x = tensor([[1, 2], [3, 4]], { dtype: 'int32' }) // prettier-ignore
    const data = await x.data()
    expect(data).toEqual(Int32Array.of(1, 2, 3, 4))
    data[0] = 9
    expect(x.toNested()).toEqual([
      [1, 2],
      [3, 4],
    ])
  })

  test('item reads the only element', async () => {
    expect(await tensor([[7]]).item()).toBe(7)
    expect(() => tensor([1, 2]).itemSync()).toThrow(
      'item: the tensor has shape [2] and 2 elements; item() reads exactly one',
    )
    await expect(tensor([1, 2]).item()).rejects.toThrow('item() reads exactly one')
  })
})

describe('printing', () => {
  test('console.log shows dtype, shape and values', () => {
    expect(inspect(tensor([[1, 2.5], [3, 1 / 3]]))).toBe('tensor float32 [2, 2] [[1, 2.5],\n [3, 0.333333]]') // prettier-ignore
    expect(String(tensor([true, false]))).toBe('tensor bool [2] [true, false]')
    expect(`${tensor(1e-9)}`).toBe('tensor float32 [] 1e-9')
    expect(String(zeros([2, 0]))).toBe('tensor float32 [2, 0] [[],\n []]')
    expect(String(tensor([NaN, Infinity]))).toBe('tensor float32 [2] [NaN, Infinity]')
  })

  test('long axes show their ends', () => {
    expect(String(iota(20))).toBe('tensor int32 [20] [0, 1, 2, 3, …, 16, 17, 18, 19]')
  })

  test('without numbers, dtype and shape', () => {
    let shown = ''
    const look = (x: Tensor) => {
      shown = inspect(x)
      return x
    }
    compile(look)(zeros([3]))
    expect(shown).toBe('tensor float32 [3]')
  })
})

describe('a tensor of another copy of the package', () => {
  test.each([
    ['an op of one operand', (x: Tensor) => sin(x), 'sin: the operand is'],
    ['an op of two', (x: Tensor) => add(x, x), 'add: an operand is'],
    ['an op beside a tensor of this copy', (x: Tensor) => add(ones([2]), x), 'add: an operand is'],
    ['a matrix product', (x: Tensor) => ones([2, 2]).matmul(x), 'matmul: input 1 is'],
    ['a record', (x: Tensor) => compile(({ a }: { a: Tensor }) => a, { name: 'f' })({ a: x }), 'f: 0.a is'],
    ['a function', (x: Tensor) => grad((y: Tensor) => y.sum())(x), 'grad'],
  ])('is refused by %s, with how to find it', async (_, call, where) => {
    vi.resetModules()
    const other = await import('./index.js')
    expect(() => call(other.ones([2, 2]))).toThrow(where)
    expect(() => call(other.ones([2, 2]))).toThrow(
      'is a tensor of another copy of @tapeloop/core; keep one (npm ls @tapeloop/core shows where they are)',
    )
  })
})
