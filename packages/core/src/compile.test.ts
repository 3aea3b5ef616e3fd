import { checkClose, programs } from '@tapeloop/testing'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { setDefaultBackend, type Backend } from './compile.js'
import {
  add,
  compile,
  exp,
  flatten,
  grad,
  iota,
  reference,
  scan,
  sin,
  sum,
  take,
  tanh,
  tensor,
  trace,
  vmap,
  where,
  zeros,
  type Tensor,
  type Tree,
} from './index.js'

const square = (x: Tensor) => x.mul(x)

describe('compile', () => {
  test('traces once for each combination of structure, shapes and dtypes', () => {
    let calls = 0
    const f = compile(({ a, b }: { a: Tensor; b: Tensor }) => {
      calls++
      return { sum: a.add(b) }
    })
    const call = (a: Tensor, b: Tensor) => f({ a, b }).sum.toNested()
    expect(call(tensor([1, 2]), tensor([3, 4]))).toEqual([4, 6])
    expect(call(tensor([5, 6]), tensor([7, 8]))).toEqual([12, 14])
    expect([calls, f.traces]).toEqual([1, 1])
    call(tensor([1, 2, 3]), tensor([1, 2, 3]))
    expect(f.traces).toBe(2)
    call(iota(2), iota(2))
    expect(f.traces).toBe(3)
    call(tensor([1, 2]), tensor([3, 4]))
    expect([calls, f.traces]).toEqual([3, 3])
  })

  test('returns fresh tensors that later calls leave alone', () => {
    const f = compile((x: Tensor) => [x, square(x)])
    const x = tensor([1, 2])
    const [same, first] = f(x)
    const [, second] = f(tensor([3, 4]))
    expect([same!.toNested(), first!.toNested(), second!.toNested()]).toEqual([
      [1, 2],
      [1, 4],
      [9, 16],
    ])
    expect(same).not.toBe(x)
  })

  test('takes tensors from outside by reference, not as constants', () => {
    const w = tensor([2, 3])
    const late = add(tensor([1]), 1) // pending when traced
    const f = compile((x: Tensor) => x.mul(w).add(late))
    expect(f(tensor([10, 10])).toNested()).toEqual([22, 32])
    const { inputs } = trace((x: Tensor) => x.mul(w).add(late), tensor([1, 1]))
    expect(inputs.map(({ shape }) => shape)).toEqual([[2], [2], [1]])
  })

  test('keeps the programs used last', () => {
    const f = compile(square)
    for (let size = 1; size <= 32; size++) f(zeros([size]))
    f(zeros([1])) // used again, so 2 is the oldest now
    f(zeros([33]))
    expect(f.traces).toBe(33)
    f(zeros([1]))
    expect(f.traces).toBe(33)
    f(zeros([2]))
    expect(f.traces).toBe(34)
  })

  describe('after a call, another', () => {
    type Args = { a: Tensor; b: Tree }
    const sumOf = ({ a, b }: Args) => flatten(b).leaves.reduce<Tensor>(add, a.mul(100))
    const warm = () => {
      const f = compile(sumOf, { name: 'step' })
      for (let i = 0; i < 2; i++) expect(f({ a: tensor(1), b: [tensor(2)] }).itemSync()).toBe(102)
      expect(f.traces).toBe(1)
      return f
    }

    test.each<[string, Args, number | number[]]>([
      ['order of keys', { b: [tensor(2)], a: tensor(1) }, 102],
      ['length of a tuple', { a: tensor(1), b: [tensor(2), tensor(3)] }, 105],
      ['set of keys', { a: tensor(1), b: [tensor(2)], c: tensor(4) } as never, 102],
      ['kind of record', { a: tensor(1), b: { only: tensor(2) } }, 102],
      ['shape', { a: tensor([1, 2]), b: [tensor(2)] }, [102, 202]],
      ['rank', { a: tensor([1]), b: [tensor(2)] }, [102]],
      ['dtype', { a: tensor(1, { dtype: 'int32' }), b: [tensor(2, { dtype: 'int32' })] }, 102],
    ])('with another %s is another program', (_, args, expected) => {
      const f = warm()
      expect(f(args).toNested()).toEqual(expected)
      expect(f.traces).toBe(2)
      expect(f({ a: tensor(3), b: [tensor(4)] }).toNested()).toBe(304)
      expect(f.traces).toBe(2)
    })

    test.each<[string, unknown, string]>([
      ['a number', { a: 1, b: [tensor(2)] }, 'step: 0.a is the number 1, not a tensor'],
      ['a missing entry', { a: tensor(1) }, 'flatten: the argument is undefined'],
      ['a hole', { a: tensor(1), b: [undefined] }, 'step: 0.b.0 is undefined, not a tensor'],
      [
        'an instance',
        new (class Pair {
          a = tensor(1)
          b = [tensor(2)]
        })(),
        '0 is a Pair, not a tensor',
      ],
      [
        'a typed array',
        { a: tensor(1), b: new Float32Array(1) },
        'step: 0.b is a Float32Array, not a tensor',
      ],
    ])('with %s is refused', (_, args, message) => {
      const f = warm()
      expect(() => f(args as never)).toThrow(message)
    })

    test('in a trace is part of that program', () => {
      const f = warm()
      const inner = grad((a: Tensor) => f({ a, b: [tensor(2)] }))
      expect(inner(tensor(1)).itemSync()).toBe(100)
      expect(f({ a: tensor(3), b: [tensor(4)] }).itemSync()).toBe(304)
      expect(f.traces).toBe(1)
    })
  })

  test('called while another function is traced is part of that program', () => {
    const f = compile(square)
    const g = compile((x: Tensor) => f(x).add(1))
    expect(g(tensor(3)).itemSync()).toBe(10)
    expect([f.traces, g.traces]).toEqual([0, 1])
    expect(grad((x: Tensor) => f(x))(tensor(3)).itemSync()).toBe(6)
    expect(vmap(f)(tensor([1, 2])).toNested()).toEqual([1, 4])
  })

  test('made inside a traced function may use its placeholders', () => {
    const f = (w: Tensor) => compile((x: Tensor) => x.mul(w))(tensor(3))
    expect(grad(f)(tensor(2)).itemSync()).toBe(3)
    expect(f(tensor(2)).itemSync()).toBe(6)
  })

  test('gives the bits of the same ops done one by one, loops and gradients included', () => {
    const holds = fc.property(programs({ dtype: 'float32' }), ({ f, args }) => {
      const compiled = compile(f)
      checkClose('compiled', compiled(...args), f(...args))
      checkClose('again', compiled(...args), f(...args))
    })
    fc.assert(holds, { seed: 1, numRuns: 50 })
    const loss = (w: Tensor) =>
      scan((h: Tensor) => [tanh(h.mul(w)), {}], tensor([0.5, 1]), {}, { length: 9 })[0].sum()
    checkClose('gradient', [compile(grad(loss))(tensor(0.7))], [grad(loss)(tensor(0.7))])
  })

  test('refuses what is no record of tensors, an async function, and reading numbers', () => {
    const f = compile((x: { a: Tensor }) => x.a, { name: 'step' })
    expect(() => f({ a: 3 } as never)).toThrow(
      'step: 0.a is the number 3, not a tensor or a record of tensors; wrap numbers in tensor(…)',
    )
    expect(() => f({ a: new Map() } as never)).toThrow('step: 0.a is a Map, not a tensor')
    const result = compile((() => 'text') as never, { name: 'step' }) as () => Tensor
    expect(() => result()).toThrow('step: result is a string, not a tensor or a record of tensors')
    expect(() => compile((async (x: Tensor) => x) as never, { name: 'step' })(tensor(1) as never)).toThrow(
      'step: the traced function is async; make it synchronous and await outside',
    )
    expect(() => compile((x: Tensor) => x.mul(x.itemSync()))(tensor(1))).toThrow('choose with where(…)')
  })

  test('refuses a placeholder that escaped from another trace', () => {
    let escaped: Tensor = zeros([])
    compile((x: Tensor) => (escaped = x.mul(2)))(tensor(1))
    expect(() => compile((x: Tensor) => x.add(escaped))(tensor(1))).toThrow(
      /is a placeholder of another trace; return values from a traced function/,
    )
  })

  test('an index out of range is refused at the end of the run, by its op', () => {
    const f = compile((x: Tensor, i: Tensor) => take(x, i))
    expect(() => f(tensor([1, 2]), tensor([2], { dtype: 'int32' }))).toThrow(
      'take: index 2 is outside the axis of size 2; use 0 to 1',
    )
    expect(f(tensor([1, 2]), tensor([1], { dtype: 'int32' })).toNested()).toEqual([2])
  })
})

describe('donate', () => {
  const step = compile((state: { w: Tensor }, x: Tensor) => ({ w: state.w.add(x) }), {
    donate: [0],
    name: 'train step',
  })

  test('spends the argument, and any later use says which call took it', () => {
    const state = { w: tensor([1, 2]) }
    const next = step(state, tensor([10, 10]))
    expect(next.w.toNested()).toEqual([11, 12])
    const message =
      'a tensor of shape [2] was donated to train step and is spent; use the tensor that call returned, read what ' +
      'waits for the old one before the call, or leave it out of donate'
    expect(() => state.w.dataSync()).toThrow(`data: ${message}`)
    expect(() => state.w.mul(2)).toThrow(`mul: ${message}`)
    expect(() => step(state, tensor([0, 0]))).toThrow(message)
    expect(() => step(next, state.w)).toThrow(message)
    expect(String(state.w)).toBe('tensor float32 [2]')
  })

  test('what waits for a donated tensor says so', () => {
    const state = { w: tensor([1, 2]) }
    const waiting = exp(state.w)
    step(state, tensor([1, 1]))
    expect(() => waiting.dataSync()).toThrow('exp: a tensor of shape [2] was donated to train step')
    const other = { w: tensor([1, 2]) }
    const read = square(other.w)
    expect(read.toNested()).toEqual([1, 4])
    step(other, tensor([1, 1]))
    expect(read.toNested()).toEqual([1, 4])
  })

  test('leaves the other arguments and captured tensors alone', () => {
    const x = tensor([1, 1])
    step({ w: tensor([0, 0]) }, x)
    expect(x.toNested()).toEqual([1, 1])
  })

  test('of one tensor twice gives two results', () => {
    const both = compile((a: Tensor, b: Tensor) => [a.add(1), b.add(2)], { donate: [0, 1] })
    const x = tensor([1])
    expect(both(x, x).map((y) => y.toNested())).toEqual([[2], [3]])
  })

  test('of what the program also takes from outside gives it a copy', () => {
    const seen: boolean[] = []
    const backend: Backend = {
      name: 'looking',
      compile: (graph, donated) => {
        const { run } = reference.compile(graph, donated)
        return { run: (inputs) => (seen.push(inputs[0] === inputs[1]), run(inputs)) }
      },
    }
    const x = tensor([1, 2])
    const f = compile((y: Tensor) => y.add(x), { backend, donate: [0] })
    expect(f(x).toNested()).toEqual([2, 4])
    expect(seen).toEqual([false])
  })

  test('is spent in every call, like the first or not', () => {
    const x = tensor([1, 1])
    let state = { w: tensor([0, 0]) }
    for (let i = 1; i <= 3; i++) {
      const before = state
      state = step(state, x)
      expect(state.w.toNested()).toEqual([i, i])
      expect(() => step(before, x)).toThrow('was donated to train step and is spent')
    }
  })

  test('is spent even where the run fails, so that nobody goes on with half of it', () => {
    const f = compile((x: Tensor, i: Tensor) => take(x, i), { donate: [0], name: 'lookup' })
    const x = tensor([1, 2])
    expect(() => f(x, tensor(9, { dtype: 'int32' }))).toThrow('index 9 is outside')
    expect(() => x.dataSync()).toThrow('donated to lookup')
  })

  test('of an argument that is not there is refused', () => {
    const f = compile(square, { donate: [1], name: 'square' })
    expect(() => f(tensor(1))).toThrow(
      'square: donate names argument 1, but the call has 1 arguments, counted from 0',
    )
  })
})

describe('backends', () => {
  afterEach(() => setDefaultBackend(reference))

  const counting = (): Backend & { compiled: number } => {
    const backend = {
      name: 'counting',
      compiled: 0,
      compile: (...args: Parameters<Backend['compile']>) => {
        backend.compiled++
        return reference.compile(...args)
      },
    }
    return backend
  }

  test('are passed, or set once; a program belongs to one of them', () => {
    const [a, b] = [counting(), counting()]
    const f = compile(sin)
    f(tensor(1))
    setDefaultBackend(a)
    f(tensor(1))
    f(tensor(1))
    setDefaultBackend(b) // of the same name
    f(tensor(1))
    expect([a.compiled, b.compiled, f.traces]).toEqual([1, 1, 3])
    compile(sin, { backend: a })(tensor(1))
    expect(a.compiled).toBe(2)
  })

  test('see which inputs are donated', () => {
    const seen: (readonly boolean[])[] = []
    const backend: Backend = {
      name: 'looking',
      compile: (graph, donated) => {
        seen.push(donated)
        return reference.compile(graph, donated)
      },
    }
    const w = tensor(2)
    const f = (x: Tensor, { a, b }: { a: Tensor; b: Tensor }) => x.add(a).mul(b).mul(w)
    compile(f, { backend, donate: [1] })(tensor(1), { a: tensor(1), b: tensor(1) })
    expect(seen).toEqual([[false, true, true, false]])
  })
})

test('where and sums trace to programs whose literals are inside', () => {
  const { inputs } = trace((x: Tensor) => sum(where(x.less(0), 0, x.add(zeros([3])))), zeros([3]))
  expect(inputs).toHaveLength(1)
})
