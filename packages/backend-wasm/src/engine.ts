import type { Heap } from './heap.js'
import type { Kernel, Level } from './kernels/kernel.js'

/** Kernels, compiled when first asked for, over one heap. */
export interface Engine {
  readonly level: Level
  readonly heap: Heap
  /** The kernel as a function of the address of its block. Equal keys are compiled once. */
  load(kernel: Kernel): Run
  /** Runs a kernel once. */
  call<Name extends string>(kernel: Kernel<Name>, parameters: Readonly<Record<Name, number>>): void
}

/** Runs a kernel on the parameters that stand at an address. */
export type Run = (block: number) => void

export function createEngine(level: Level, heap: Heap): Engine {
  const { memory } = heap
  const shared = !(memory.buffer instanceof ArrayBuffer)
  const runs = new Map<string, Run>()
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
    load,
    call(kernel, parameters) {
      const block = heap.allocate(4 * kernel.parameters.length)
      const words = heap.view('int32', block, kernel.parameters.length)
      kernel.parameters.forEach((name, i) => (words[i] = parameters[name]))
      load(kernel)(block)
      heap.free(block)
    },
  }
}
