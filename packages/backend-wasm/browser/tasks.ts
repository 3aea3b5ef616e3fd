import { compile, init, TapeloopError, tensor, wasm, type Tensor, type WasmOptions } from '@tapeloop/tapeloop'
import { trained, type Training } from '../fixtures/character-model.js'
import { checkPrograms } from '../fixtures/conformance.js'

/** What a page or a worker is asked to do, by name. Arguments and results are JSON. */
const tasks = {
  /** Trains a few steps. */
  async train(options: WasmOptions, sizes: Training, steps: number) {
    const backend = await wasm(options)
    return { threads: backend.threads, ...(await trained(backend, sizes, steps)) }
  },
  /** Compares random programs with the reference backend; throws where one differs. */
  async comparePrograms(numRuns: number, seed: number) {
    checkPrograms(await wasm(), { numRuns, seed })
    return 'equal'
  },
  /** The sentence with which the CPU backend refuses to run; null if it runs. */
  async refusal() {
    return wasm().then(
      () => null,
      (error) => (error instanceof TapeloopError ? error.message : `no sentence of ours: ${error}`),
    )
  },
  /** Trains a few steps on the backend that `init` chooses. */
  async trainByDefault(sizes: Training, steps: number) {
    const backend = await init()
    const squares = compile((x: Tensor) => x.mul(x))(tensor([1, 2, 3]))
    return {
      backend: backend.name,
      squares: [...squares.dataSync()],
      ...(await trained(backend, sizes, steps)),
    }
  },
}

type Tasks = typeof tasks

/** A task with its arguments. */
export type Call = {
  [Name in keyof Tasks]: { readonly name: Name; readonly args: Readonly<Parameters<Tasks[Name]>> }
}[keyof Tasks]

/** Does a task. Errors become text, so that they come through from everywhere. */
export async function perform({ name, args }: Call): Promise<unknown> {
  try {
    return await (tasks[name] as (...args: unknown[]) => Promise<unknown>)(...args)
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}
