import { refuse } from '@tapeloop/core'
import type { Heap } from '../heap.js'
import { startWorker } from './start.js'
import { control as c, controlWords, looks } from './worker-text.js'

/** Threads that run plans together with this one, over one heap. */
export interface Team {
  /** how many there are, with this one */
  readonly size: number
  /** Whether all are up, not yet, or never will be. */
  readonly state: 'starting' | 'ready' | 'over'
  /** Has the others begin their part of a plan: `text` says where it stands in memory, under a number of its own. */
  begin(plan: number, text: { readonly address: number; readonly bytes: number }): void
  /** Waits until all have come so far. */
  barrier(): void
  /** Ends the others, and waits until none of them touches the memory any more. */
  end(): void
}

/** Starts threads; they are ready a little later, or never, where that is forbidden. */
export function createTeam(heap: Heap, size: number): Team {
  const address = heap.allocate(4 * controlWords)
  const words = heap.view('int32', address, controlWords).fill(0)
  const others = size - 1
  let isOver = false
  const end = () => {
    if (isOver) return
    isOver = true
    Atomics.store(words, c.isOver, 1)
    for (const index of [c.round, c.job]) {
      Atomics.add(words, index, 1)
      Atomics.notify(words, index)
    }
    for (let left = 0; (left = Atomics.load(words, c.left)) < Atomics.load(words, c.ready);)
      Atomics.wait(words, c.left, left, 1000)
  }
  const checkAlive = () => {
    if (Atomics.load(words, c.failed) !== 0)
      refuse('wasm', 'a thread has failed, so the results of this run are lost; further runs use one thread')
  }
  for (let thread = 1; thread < size; thread++)
    startWorker({ memory: heap.memory, at: address / 4, thread, threads: size }, end)
  return {
    size,
    get state() {
      if (isOver) return 'over'
      return Atomics.load(words, c.ready) === others ? 'ready' : 'starting'
    },
    begin(plan, { address, bytes }) {
      words[c.plan] = plan
      words[c.text] = address
      words[c.bytes] = bytes
      words[c.memory] = heap.memory.buffer.byteLength / 65536
      Atomics.add(words, c.job, 1)
      Atomics.notify(words, c.job)
    },
    barrier() {
      const round = Atomics.load(words, c.round)
      checkAlive() // a thread that fails changes the round, but perhaps it has already
      if (Atomics.add(words, c.arrived, 1) === others) {
        Atomics.store(words, c.arrived, 0)
        Atomics.add(words, c.round, 1)
        Atomics.notify(words, c.round)
      } else until(words, c.round, round)
      checkAlive()
    },
    end,
  }
}

/** Waits until a word is no longer what it was. */
function until(words: Int32Array, index: number, old: number): void {
  for (let n = 0; n < looks; n++) if (Atomics.load(words, index) !== old) return
  while (Atomics.load(words, index) === old) Atomics.wait(words, index, old)
}
