import { compile, scan, swapAxes, take, tensor, type Tensor } from '@tapeloop/core'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { levels } from '../../fixtures/bench.js'
import { trained } from '../../fixtures/character-model.js'
import { checkPrograms } from '../../fixtures/conformance.js'
import { digests, sizes, steps } from '../../fixtures/determinism.js'
import { eagerBackend } from '../../fixtures/threads.js'
import { wasm, type WasmBackend } from '../backend.js'
import { createHeap } from '../heap.js'
import { createTeam } from './team.js'

test.each([2, 3])('random programs give what the reference gives, on %i threads', async (threads) => {
  const backend = await eagerBackend(threads, { rowGrain: 1 })
  checkPrograms(backend, { numRuns: 40, seed: 3 })
  expect(backend.threads).toBe(threads)
  backend.close()
})

describe('the bits do not depend on the number of threads', () => {
  const uneven = { hiddenSize: 21, batchSize: 14, seqLength: 7 }

  test.each(levels)('at level %s', async (level) => {
    for (const cell of ['rnn', 'lstm', 'gru'] as const) {
      const expected = await trained(await wasm({ level }), { cell, ...uneven }, 2)
      for (const threads of [2, 3]) {
        const backend = await eagerBackend(threads, { level })
        expect(await trained(backend, { cell, ...uneven }, 2)).toEqual(expected)
        expect(backend.threads).toBe(threads)
        backend.close()
      }
    }
  })

  test('and deterministic training gives those of every machine', async () => {
    const backend = await eagerBackend(2, { level: 'simd' })
    for (const cell of ['rnn', 'lstm', 'gru'] as const)
      expect((await trained(backend, { cell, ...sizes }, steps)).digest).toBe(digests[cell])
    backend.close()
  })

  test.each([
    [40, 1100, 530],
    [700, 1100, 270],
  ])('in a product of %i rows, %i deep and %i columns wide, which is packed in blocks', async (m, k, n) => {
    const numbers = (rows: number, columns: number) =>
      tensor(
        Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i)),
        { shape: [rows, columns] },
      )
    const [a, b] = [numbers(k, m), numbers(k, n)]
    const product = (backend: WasmBackend) =>
      compile((a: Tensor, b: Tensor) => swapAxes(a, 0, 1).matmul(b), { backend })(a, b).dataSync()
    const expected = product(await wasm())
    for (const threads of [2, 3]) {
      const backend = await wasm({ threads })
      expect(product(backend)).toEqual(expected)
      expect(backend.threads).toBe(threads)
      backend.close()
    }
  })

  test('where only what is large is shared', async () => {
    const large = { cell: 'lstm', hiddenSize: 64, batchSize: 16, seqLength: 16 } as const
    const backend = await wasm({ threads: 2 })
    expect(backend.threads).toBe(2)
    expect(await trained(backend, large, 2)).toEqual(await trained(await wasm(), large, 2))
    backend.close()
  })
})

test('an index outside its axis is told, whichever thread meets it, and the next run is fine', async () => {
  const backend = await eagerBackend(2, { rowGrain: 1 })
  const rows = compile((x: Tensor, i: Tensor) => take(x, i).mul(2), { backend })
  const x = tensor(Float32Array.of(1, 2, 3))
  const run = (...at: number[]) => rows(x, tensor(Int32Array.from(at))).dataSync()
  for (const at of [
    [0, 0, 1, 3],
    [3, 0, 1, 0],
  ])
    expect(() => run(...at)).toThrow(/^take: index 3 is outside the axis of size 3; use 0 to 2$/)
  expect(run(2, 1, 0, 2)).toEqual(Float32Array.of(6, 4, 2, 6))
  backend.close()
})

test('a loop that some rows start and all count along gives what one thread gives', async () => {
  const step = (state: { h: Tensor; n: Tensor }, x: Tensor) => {
    const n = state.n.add(1)
    const h = state.h.mul(0.5).add(x.mul(n))
    return [{ h, n }, h.mul(n)] as const
  }
  const f = (x: Tensor) => {
    const [last, ys] = scan(step, { h: take(x, tensor(Int32Array.of(0))).reshape([6, 5]), n: tensor(1) }, x)
    return [last.h, last.n, ys]
  }
  const x = tensor(
    Float32Array.from({ length: 4 * 6 * 5 }, (_, i) => Math.sin(i)),
    { shape: [4, 6, 5] },
  )
  const backend = await eagerBackend(3, { rowGrain: 1 })
  const numbers = (ys: readonly Tensor[]) => ys.map((y) => [...y.dataSync()])
  expect(numbers(compile(f, { backend })(x))).toEqual(numbers(compile(f, { backend: await wasm() })(x)))
  backend.close()
})

test('a closed backend goes on with one thread', async () => {
  const backend = await eagerBackend(2)
  const f = compile((x: Tensor) => [x.mul(2), x.add(1)], { backend })
  const x = tensor(new Float32Array(1000).fill(3))
  const numbers = () => f(x).map((y) => y.dataSync()[999])
  expect(numbers()).toEqual([6, 4])
  backend.close()
  backend.close()
  expect(backend.threads).toBe(1)
  expect(numbers()).toEqual([6, 4])
})

test('a team can be ended in the middle of a run', async () => {
  for (let times = 0; times < 5; times++) {
    const memory = new WebAssembly.Memory({ initial: 16, maximum: 16, shared: true })
    const heap = createHeap(memory, 16)
    const team = createTeam(heap, 3)
    await vi.waitFor(() => expect(team.state).toBe('ready'), { timeout: 10_000, interval: 1 })
    const text = new TextEncoder().encode('{"kernels":[],"programs":[[0,0],[0,0]]}')
    const address = heap.allocate(text.length)
    heap.write('bool', address, text)
    team.begin(1, { address, bytes: text.length })
    if (times % 2 === 0) team.barrier()
    team.end()
    expect(team.state).toBe('over')
  }
})

test('a thread that fails ends the run with a sentence, and the team', async () => {
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 16, shared: true })
  const heap = createHeap(memory, 16)
  const team = createTeam(heap, 2)
  await vi.waitFor(() => expect(team.state).toBe('ready'), { timeout: 10_000 })
  const address = heap.allocate(8)
  team.begin(1, { address, bytes: 8 }) // which is no JSON
  expect(() => team.barrier()).toThrow(/^wasm: a thread has failed, so the results of this run are lost/)
  team.end()
  expect(team.state).toBe('over')
})

/** What a program of its own prints until it ends by itself. */
async function printed(name: string): Promise<string> {
  const program = fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url))
  const flags = ['--expose-gc', '--import', 'tsx']
  return (await promisify(execFile)(process.execPath, [...flags, program])).stdout
}

test('a process ends when it has nothing more to do', { timeout: 60_000 }, async () => {
  expect(await printed('exit.ts')).toBe('3 90000')
})

test.skipIf(process.platform !== 'linux')(
  'threads end with the backend that nobody holds (where /proc counts them)',
  { timeout: 60_000 },
  async () => {
    const [before, during, after] = (await printed('abandoned.ts')).split(' ').map(Number)
    expect(during! - before!).toBe(10)
    expect(after).toBe(before)
  },
)

describe('without a word, one thread does everything', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.restoreAllMocks()
  })

  const checkAlone = async () => {
    const backend = await wasm({ threads: 2 })
    expect(backend.threads).toBe(1)
    const x = tensor(new Float32Array(10_000).fill(2))
    expect(compile((x: Tensor) => x.mul(x), { backend })(x).dataSync()[9999]).toBe(4)
  }

  test('where there is no shared memory', async () => {
    vi.stubGlobal('SharedArrayBuffer', undefined)
    await checkAlone()
  })

  test('in a page that is not isolated', async () => {
    vi.stubGlobal('crossOriginIsolated', false)
    await checkAlone()
  })

  test('where this thread may not wait', async () => {
    vi.spyOn(Atomics, 'wait').mockImplementation(() => {
      throw new TypeError('Atomics.wait cannot be called in this context')
    })
    await checkAlone()
  })

  test('where workers cannot start', async () => {
    vi.spyOn(process, 'getBuiltinModule').mockImplementation(() => {
      throw new Error('forbidden')
    })
    await checkAlone()
  })
})

test.each([0, 1.5, -1])('threads: %d is refused', async (threads) => {
  await expect(wasm({ threads })).rejects.toThrow(
    `wasm: threads is ${threads}; give a whole number from 1 on`,
  )
})
