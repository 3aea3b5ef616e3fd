import type { Backend } from '../compile.js'
import { toNumbers } from '../tensor.js'
import { prepare } from './program.js'

/** Plain loops over typed arrays, in float64 and float32: slow, and the oracle for every other backend. */
export const reference: Backend = {
  name: 'reference',
  compile(graph) {
    const program = prepare(graph)
    return { run: (inputs) => program.run(inputs.map(toNumbers)).map((result) => result.slice()) }
  },
}
