import { add, compile, reference, scan, swapAxes, take, tensor, toNumbers, type Tensor } from '@tapeloop/core'
import { describe, expect, test, vi } from 'vitest'
import { wasm } from './backend.js'

const backend = await wasm()

describe('products that are too deep and wide to be packed in one piece', () => {
  const numbers = (shape: readonly [number, number], seed: number) =>
    tensor(
      Float64Array.from({ length: shape[0] * shape[1] }, (_, i) => ((i * 7 + seed) % 11) - 5),
      { shape },
    )

  test.for([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ] as const)('equal the reference product, transposed: %o and %o', ([transposeA, transposeB]) => {
    // three blocks of 256 along k and two of 512 across, none of them whole at the end
    const [m, k, n] = [37, 700, 1050]
    const a = numbers(transposeA ? [k, m] : [m, k], 1)
    const b = numbers(transposeB ? [n, k] : [k, n], 2)
    const f = (a: Tensor, b: Tensor) =>
      (transposeA ? swapAxes(a, 0, 1) : a).matmul(transposeB ? swapAxes(b, 0, 1) : b)
    // whole numbers: every order of the sum gives the same
    expect(compile(f, { backend })(a, b).dataSync()).toEqual(
      compile(f, { backend: reference })(a, b).dataSync(),
    )
  })
})

describe('donated arguments', () => {
  const step = compile(
    (state: { w: Tensor; m: Tensor }, g: Tensor) => {
      const m = state.m.mul(0.5).add(g)
      return { w: state.w.sub(m), m }
    },
    { backend, donate: [0], name: 'update' },
  )
  const vector = (...values: number[]) => tensor(Float32Array.from(values))

  test('stay in the memory of the backend from call to call', async () => {
    let state = { w: vector(1, 2, 3), m: vector(0, 0, 0) }
    for (let i = 0; i < 5; i++) {
      state = step(state, vector(1, 1, 1))
      expect(ArrayBuffer.isView(state.w.value)).toBe(false)
    }
    // m: 1, 1.5, 1.75, 1.875, 1.9375
    expect(await state.m.data()).toEqual(new Float32Array(3).fill(1.9375))
    expect(await state.w.data()).toEqual(Float32Array.from([1, 2, 3], (x) => x - 8.0625))
  })

  test('can be used by other programs, and read after those', () => {
    const state = step({ w: vector(1, 2), m: vector(0, 0) }, vector(3, 4))
    const sum = compile((x: Tensor, y: Tensor) => add(x, y), { backend })
    expect(sum(state.w, state.m).dataSync()).toEqual(Float32Array.of(1, 2))
    expect(sum(state.w, state.w).dataSync()).toEqual(Float32Array.of(-4, -4))
    expect(state.w.dataSync()).toEqual(Float32Array.of(-2, -2))
  })

  test('may be swapped: no result is overwritten before it is read', () => {
    const swap = compile((a: Tensor, b: Tensor) => [b, a.add(b), a], { backend, donate: [0, 1] })
    const [b, sum, a] = swap(vector(1, 2), vector(10, 20)) as [Tensor, Tensor, Tensor]
    expect(b.dataSync()).toEqual(Float32Array.of(10, 20))
    expect(sum.dataSync()).toEqual(Float32Array.of(11, 22))
    expect(a.dataSync()).toEqual(Float32Array.of(1, 2))
  })

  test('of another backend are copied', async () => {
    const state = step({ w: vector(5), m: vector(0) }, vector(1))
    const other = compile((x: Tensor) => x.mul(2), { backend: await wasm({ level: 'simd' }) })
    expect(other(state.w).dataSync()).toEqual(Float32Array.of(8))
    expect(toNumbers(state.w.value!)).toEqual(Float32Array.of(4))
  })
})

describe('wasm()', () => {
  const failing = (what: 'validate' | 'Module', run: () => Promise<void>) => async () => {
    const spy =
      what === 'validate'
        ? vi.spyOn(WebAssembly, 'validate').mockReturnValue(false)
        : vi.spyOn(WebAssembly, 'Module').mockImplementation(function () {
            throw new EvalError('refused to compile')
          })
    await run().finally(() => spy.mockRestore())
  }

  test(
    'refuses an engine without SIMD in one sentence',
    failing('validate', () =>
      expect(wasm()).rejects.toThrow(
        /^wasm: this engine has no WebAssembly SIMD; use the reference backend$/,
      ),
    ),
  )

  test(
    'says what a content security policy must allow',
    failing('Module', () => expect(wasm()).rejects.toThrow(/^wasm: .*'wasm-unsafe-eval' to script-src/)),
  )

  test('deterministic means plain SIMD', async () => {
    expect((await wasm({ deterministic: true })).level).toBe('simd')
    await expect(wasm({ deterministic: true, level: 'relaxed' })).rejects.toThrow(
      /^wasm: level relaxed rounds/,
    )
  })

  test('reports its memory', async () => {
    const own = await wasm()
    const before = own.memory.used
    compile((x: Tensor) => x.mul(2), { backend: own })(tensor(new Float32Array(100_000)))
    expect(own.memory.used - before).toBeLessThan(500_000)
    // the argument and the result
    expect(own.memory.peak - before).toBeGreaterThanOrEqual(800_000)
    expect(own.memory.peak - before).toBeLessThan(810_000)
  })
})

test('a program runs again with other numbers, between other programs', () => {
  const cumulate = compile(
    (x: Tensor) => scan((carry: Tensor, x: Tensor) => [carry.add(x), carry], tensor(0), x)[1],
    { backend },
  )
  for (const length of [3, 300, 3, 0, 1]) {
    const ones = tensor(new Float32Array(length).fill(2))
    expect(cumulate(ones).dataSync()).toEqual(Float32Array.from({ length }, (_, i) => 2 * i))
  }
})

test('an index outside its axis is told at the end of the run, and the next run is fine', () => {
  const rows = compile((x: Tensor, i: Tensor) => take(x, i).mul(2), { backend })
  const x = tensor(Float32Array.of(1, 2, 3))
  const run = (...at: number[]) => rows(x, tensor(Int32Array.from(at))).dataSync()
  expect(() => run(0, 3)).toThrow(/^take: index 3 is outside the axis of size 3; use 0 to 2$/)
  expect(() => run(-1, 0)).toThrow(/^take: index -1 is outside the axis of size 3; use 0 to 2$/)
  expect(run(2, 0)).toEqual(Float32Array.of(6, 2))
})

test('results are fresh: no later run changes them', () => {
  const double = compile((x: Tensor) => x.mul(2), { backend })
  const first = double(tensor(Float32Array.of(1, 2)))
  double(tensor(Float32Array.of(5, 6)))
  expect(first.dataSync()).toEqual(Float32Array.of(2, 4))
})
