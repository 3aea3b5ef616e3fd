import type { Heap } from './heap.js'
import type { Kernel, Level } from './kernels/kernel.js'
import type { Team } from './threads/team.js'

/** Kernels, compiled when first asked for, over one heap. */
export interface Engine {
  readonly level: Level
  readonly heap: Heap
  /** the threads that help, where there are any */
  readonly team: Team | null
  /** The kernel as a function of the address of its block. Equal keys are compiled once. */
  load(kernel: Kernel): Run
  /** Where the module of a kernel stands in the heap, for other threads to compile: address and length. */
  moduleOf(kernel: Kernel): readonly [address: number, bytes: number]
  /** Runs a kernel once. */
  call<Name extends string>(kernel: Kernel<Name>, parameters: Readonly<Record<Name, number>>): void
}

/** Runs a kernel on the parameters that stand at an address. */
export type Run = (block: number) => void

export function createEngine(level: Level, heap: Heap, team: Team | null = null): Engine {
  const { memory } = heap
  const shared = !(memory.buffer instanceof ArrayBuffer)
  const runs = new Map<string, Run>()
  const modules = new Map<string, readonly [number, number]>()
  const { sin, cos, pow, atan2 } = Math
  const imports = { env: { memory }, host: { sin, cos, pow, atan2 } }
  const load = (kernel: Kernel) => {
    let run = runs.get(kernel.key)
    if (run === undefined) {
      const module = new WebAssembly.Module(kernel.bytes({ level, shared }))
      run = new WebAssembly.Instance(module, imports).exports['run'] as Run
      runs.set(kernel.key, run)
    }
    return run
  }
  return {
    level,
    heap,
    team,
    load,
    moduleOf(kernel) {
      let place = modules.get(kernel.key)
      if (place === undefined) {
        const bytes = kernel.bytes({ level, shared })
        place = [heap.allocate(bytes.length), bytes.length]
        heap.write('bool', place[0], bytes)
        modules.set(kernel.key, place)
      }
      return place
    },
    call(kernel, parameters) {
      const block = heap.allocate(4 * kernel.parameters.length)
      const words = heap.view('int32', block, kernel.parameters.length)
      kernel.parameters.forEach((name, i) => (words[i] = parameters[name]))
      load(kernel)(block)
      heap.free(block)
    },
  }
}
