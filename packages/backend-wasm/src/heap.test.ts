import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createHeap } from './heap.js'

const fresh = (pages = 1, maximum = 65536) => createHeap(new WebAssembly.Memory({ initial: pages, maximum }))

test('what is allocated overlaps nothing, keeps its numbers while the memory grows, and can be used again', () => {
  const actions = fc.array(fc.record({ bytes: fc.integer({ min: 0, max: 50_000 }), frees: fc.nat(9) }), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(actions, (all) => {
      const heap = fresh()
      const held = new Map<number, { bytes: number; mark: number }>()
      all.forEach(({ bytes, frees }, mark) => {
        const address = heap.allocate(bytes)
        expect(address % 64).toBe(0)
        expect(held.has(address)).toBe(false)
        heap.view('bool', address, bytes).fill(mark)
        held.set(address, { bytes, mark })
        const victim = [...held.keys()][frees]
        if (victim !== undefined) {
          heap.free(victim)
          held.delete(victim)
        }
        for (const [at, { bytes, mark }] of held)
          expect(heap.view('bool', at, bytes).every((byte) => byte === mark)).toBe(true)
      })
      for (const address of held.keys()) heap.free(address)
      expect(heap.used).toBe(0)
      // all of it is one stretch again
      const before = heap.memory.buffer.byteLength
      heap.allocate(before - 2048)
      expect(heap.memory.buffer.byteLength).toBe(before)
    }),
  )
})

test('peak is the most that was ever in use', () => {
  const heap = fresh()
  heap.free(heap.allocate(6400))
  heap.allocate(64)
  expect([heap.used, heap.peak]).toEqual([64, 6400])
})

describe('refusals', () => {
  test('more memory than there can be is one sentence', () => {
    expect(() => fresh(1, 2).allocate(2 ** 20)).toThrow(/^wasm: 1 MB are needed beside the 0 MB in use/)
    expect(() => fresh().allocate(2 ** 33)).toThrow(/^wasm: 8192 MB are needed/)
  })

  test('an address is freed once', () => {
    const heap = fresh()
    const address = heap.allocate(10)
    heap.free(address)
    expect(() => heap.free(address)).toThrow(`wasm: no memory was allocated at ${address}; free it once`)
  })
})
