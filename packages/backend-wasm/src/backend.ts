import { refuse, toNumbers, type Backend, type Resident, type TypedArray, type Value } from '@tapeloop/core'
import { createEngine, type Engine } from './engine.js'
import { createHeap } from './heap.js'
import type { Level } from './kernels/kernel.js'
import { bestLevel, hasSimd } from './level.js'
import { lower } from './lower/lower.js'
import { createPlan, type Plan } from './plan.js'

export interface WasmOptions {
  /** which instructions to use; the best that the engine has unless said */
  readonly level?: Level
}

/**
 * The CPU backend: WebAssembly SIMD, generated for each program. The memory it works in is its own; arguments are copied
 * there, and what donated arguments become stays there.
 *
 * @throws where the engine has no SIMD, or a content security policy forbids compiling WebAssembly
 */
export async function wasm({ level = bestLevel() }: WasmOptions = {}): Promise<Backend> {
  if (!hasSimd()) refuse('wasm', 'this engine has no WebAssembly SIMD; use the reference backend')
  const engine = createEngine(level, createHeap(new WebAssembly.Memory({ initial: 16 })))
  return backendOf(engine)
}

/** Numbers in the heap of an engine. */
class Kept implements Resident {
  readonly engine: Engine
  readonly address: number
  readonly read: () => TypedArray

  constructor(
    engine: Engine,
    address: number,
    dtype: 'float64' | 'float32' | 'int32' | 'bool',
    length: number,
  ) {
    this.engine = engine
    this.address = address
    this.read = () => engine.heap.view(dtype, address, length).slice()
  }
}

function backendOf(engine: Engine): Backend {
  const { heap } = engine
  const forgotten = new FinalizationRegistry((address: number) => heap.free(address))
  const forgottenPlans = new FinalizationRegistry((plan: Plan) => plan.free())
  let arena = { address: 0, bytes: 0 }
  const reserve = (bytes: number) => {
    if (bytes <= arena.bytes) return
    if (arena.bytes > 0) heap.free(arena.address)
    arena = { address: 0, bytes: 0 }
    arena = { address: heap.allocate(bytes), bytes }
  }
  const upload = (numbers: TypedArray) => {
    const address = heap.allocate(numbers.byteLength)
    const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
    heap.view('bool', address, bytes.length).set(bytes)
    return address
  }
  return {
    name: `wasm ${engine.level}`,
    compile(graph, donated) {
      const lowered = lower(graph, donated, engine.level)
      const plan = createPlan(engine, lowered)
      const executable = { run }
      forgottenPlans.register(executable, plan)
      return executable

      function run(inputs: readonly Value[]): readonly Value[] {
        /** memory that is given back after the run */
        const spent = new Set<number>()
        const addresses = inputs.map((value, i) => {
          const isHere = value instanceof Kept && value.engine === engine
          const address = isHere ? value.address : upload(toNumbers(value))
          if (isHere && donated[i]) forgotten.unregister(value)
          if (!isHere || donated[i]) spent.add(address)
          return address
        })
        try {
          reserve(plan.arenaBytes)
          plan.run(arena.address, addresses)
          checkFault(plan.addressOf({ buffer: lowered.fault, offset: 0, moves: new Map() }))
          return lowered.outputs.map(({ address, donated }, o) => {
            const { dtype, size } = graph.outputs[o]!
            const at = plan.addressOf(address)
            if (donated === null) return heap.view(dtype, at, size).slice()
            spent.delete(at)
            const kept = new Kept(engine, at, dtype, size)
            forgotten.register(kept, at, kept)
            return kept
          })
        } finally {
          spent.forEach((address) => heap.free(address))
        }
      }

      function checkFault(address: number): void {
        const record = heap.view('int32', address, 3)
        const [who, index, extent] = record
        if (who === 0) return
        record.fill(0)
        refuse(
          lowered.culprits[who! - 1]!,
          `index ${index} is outside the axis of size ${extent}; use 0 to ${extent! - 1}`,
        )
      }
    },
  }
}
