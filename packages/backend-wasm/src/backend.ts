import {
  optimise,
  refuse,
  type Backend,
  type Executable,
  type ExecutableReport,
  type Graph,
  type PassReport,
  type Value,
} from '@tapeloop/core'
import { createEngine, type Engine } from './engine.js'
import { createHeap } from './heap.js'
import type { Level } from './kernels/kernel.js'
import { faultBytes } from './kernels/indexing.js'
import { bytesOf } from './kernels/memory.js'
import { tileRows } from './kernels/product.js'
import { randomBits } from './kernels/random.js'
import { bestLevel, hasRelaxedSimd, hasSimd } from './level.js'
import { lower } from './lower/lower.js'
import type { Threads } from './lower/scope.js'
import { createPlan } from './plan.js'
import { kernelUses } from './report.js'
import { createResidency, type Kept } from './residency.js'
import { sharedEngine } from './threads/shared-engine.js'

/** How the CPU backend computes. */
export interface WasmOptions {
  /** Which instructions to use; the best that the engine has unless said. */
  readonly level?: Level
  /**
   * The same bits on every machine, at the price of the fused multiply-add: plain SIMD rounds alike everywhere, and the order
   * of every sum follows from shapes. (`pow`, `atan2`, and sines beyond 2²⁰ are the host's.)
   */
  readonly deterministic?: boolean
  /**
   * How many threads share the work, this one included; 1 unless said. The others are workers over shared memory. Where there
   * is none (a page that is not isolated from other origins), or this thread may not wait (the main thread of a browser),
   * one thread does everything. The results have the same bits for any number.
   */
  readonly threads?: number
}

/** The CPU backend, with what it knows of its memory. */
export interface WasmBackend extends Backend {
  readonly level: Level
  /** How many threads compute, this one included. */
  readonly threads: number
  /** Bytes in use now, and the most there ever were. */
  readonly memory: { readonly used: number; readonly peak: number }
  /** Ends the other threads; programs then run on one. They end by themselves when nobody holds the backend any more. */
  close(): void
}

/**
 * The CPU backend: WebAssembly SIMD, generated for each program. The memory it works in is its own; arguments are copied
 * there, and what donated arguments become stays there.
 *
 * @throws where the engine has no SIMD or not the level asked for, or a content security policy forbids compiling
 */
export async function wasm({
  level,
  deterministic = false,
  threads = 1,
}: WasmOptions = {}): Promise<WasmBackend> {
  if (!Number.isInteger(threads) || threads < 1)
    refuse('wasm', `threads is ${threads}; give a whole number from 1 on`)
  if (!hasSimd()) refuse('wasm', 'this engine has no WebAssembly SIMD; use the reference backend')
  const chosen = level ?? (deterministic ? 'simd' : bestLevel())
  if (deterministic && chosen !== 'simd')
    refuse('wasm', `level ${chosen} rounds as the machine likes; leave level out, or deterministic`)
  if (chosen !== 'simd' && !hasRelaxedSimd()) {
    refuse(
      'wasm',
      `level ${chosen} needs relaxed SIMD; on Node 20 call enableRelaxed() first, or use level simd`,
    )
  }
  const engine = (threads > 1 && (await sharedEngine(chosen, threads))) || engineAlone(chosen)
  try {
    engine.load(randomBits)
  } catch {
    refuse(
      'wasm',
      "compiling WebAssembly is forbidden here; add 'wasm-unsafe-eval' to script-src of the content security policy, " +
        'or use the reference backend',
    )
  }
  return backendOf(engine)
}

function engineAlone(level: Level): Engine {
  return createEngine(level, createHeap(new WebAssembly.Memory({ initial: 16 })))
}

/** Work below this many nanoseconds is not worth waiting for others, and less gain in a program not worth waking them. */
const leastWork = 20_000
const leastGain = 30_000
/** Rows of a batch that a thread takes together: those of a tile of a product. */
const rowGrain = tileRows

/** @internal The backend of an engine. `sharing` is for tests, which share what is too small to be worth it. */
export function backendOf(
  engine: Engine,
  sharing: Omit<Threads, 'count'> = { leastWork, leastGain, rowGrain },
): WasmBackend {
  const { heap, team } = engine
  const threads: Threads = { ...sharing, count: team?.size ?? 1 }
  const residency = createResidency(heap)
  const forgotten = new FinalizationRegistry((free: () => void) => free())
  /** temporaries: one plan runs at a time */
  let arena = { address: 0, bytes: 0 }
  const reserve = (bytes: number) => {
    if (bytes <= arena.bytes) return
    if (arena.bytes > 0) heap.free(arena.address)
    arena = { address: 0, bytes: 0 }
    arena = { address: heap.allocate(bytes), bytes }
  }

  const compile = (graph: Graph, donated: readonly boolean[]): Executable => {
    const lowered = lower(optimise(graph), donated, engine.level, threads)
    const plan = createPlan(engine, lowered)
    const { outputs, culprits } = lowered
    const isReturned = new Set(outputs.map((output) => output.donated))
    /** room of their own for small inputs, which costs less than to find some in every run */
    const slots = graph.inputs.map(({ dtype, size }, i) => {
      const bytes = size * bytesOf[dtype]
      return bytes <= slotBytes && !donated[i] ? heap.allocate(bytes) : 0
    })

    const run = (inputs: readonly Value[]): readonly Value[] => {
      const passing: number[] = []
      const taken: (Kept | null)[] = []
      const addresses: number[] = []
      for (let i = 0; i < inputs.length; i++) {
        const value = inputs[i]!
        const { dtype } = graph.inputs[i]!
        taken.push(donated[i] ? residency.take(value, dtype) : null)
        const slot = slots[i]!
        if (taken[i]) addresses.push(taken[i]!.address)
        else if (slot > 0 && ArrayBuffer.isView(value)) {
          heap.write(dtype, slot, value)
          addresses.push(slot)
        } else addresses.push(residency.bring(value, dtype, passing))
      }
      let isDone = false
      try {
        reserve(plan.arenaBytes)
        plan.run(arena.address, addresses)
        checkFault()
        isDone = true
      } finally {
        for (const address of passing) heap.free(address)
        taken.forEach((kept, i) => kept && !(isDone && isReturned.has(i)) && residency.drop(kept))
      }
      return outputs.map(({ address, donated }, o) => {
        const { dtype, size } = graph.outputs[o]!
        return donated === null ? heap.read(dtype, plan.addressOf(address), size) : taken[donated]!
      })
    }

    const records = Array.from({ length: threads.count }, (_, n) => (plan.fault + n * faultBytes) / 4)
    const checkFault = () => {
      const { words } = heap
      const faults = records.filter((at) => words[at] !== 0)
      if (faults.length === 0) return
      // threads come to different faults; the first op is named
      const at = faults.reduce((first, at) => (words[at]! < words[first]! ? at : first))
      const [who, index, extent] = [words[at]!, words[at + 1]!, words[at + 2]!]
      for (const at of faults) words[at] = 0
      const range = `use 0 to ${extent - 1}`
      refuse(culprits[who - 1]!, `index ${index} is outside the axis of size ${extent}; ${range}`)
    }

    /** Compiles again to see what is done: nobody keeps that. */
    const explain = (): ExecutableReport => {
      const passes: PassReport<Graph>[] = []
      const program = optimise(graph, {
        listen: (pass, before, after) => before !== after && passes.push({ pass, before, after }),
      })
      const { instructions } = lower(program, donated, engine.level, threads)
      return { passes, kernels: kernelUses(instructions), arenaBytes: plan.arenaBytes }
    }
    const executable = { run, explain }
    const free = () => {
      plan.free()
      for (const slot of slots) if (slot > 0) heap.free(slot)
    }
    forgotten.register(executable, free)
    return executable
  }
  return {
    name: `wasm ${engine.level}`,
    level: engine.level,
    get threads() {
      return team?.state === 'ready' ? team.size : 1
    },
    memory: heap,
    compile,
    close: () => team?.end(),
  }
}

const slotBytes = 1024
