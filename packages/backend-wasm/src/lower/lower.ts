import type { Graph, Tensor } from '@tapeloop/core'
import type { Level } from '../kernels/kernel.js'
import { faultBytes } from '../kernels/indexing.js'
import { bytesOf } from '../kernels/memory.js'
import { lowerGraph } from './lower-graph.js'
import { wholeOf, type Buffer } from './place.js'
import type { Lowered } from './plan.js'
import { alone, constant, freshScope, placeOf, rowMajorOf, type Shared, type Threads } from './scope.js'
import { gainOf, share, unshare } from './share.js'

/** Lowers a program. Outputs take the memory of donated inputs of the same shape and dtype. */
export function lower(
  graph: Graph,
  donated: readonly boolean[],
  level: Level,
  threads: Threads = alone,
): Lowered {
  const size = (threads.count * faultBytes) / bytesOf.int32
  const fault = constant(new Int32Array(size), { shape: [size], dtype: 'int32', size })
  const shared: Shared = { level, threads, fault: fault.buffer, culprits: [] }
  const scope = freshScope(shared, [], null)
  const inputs = graph.inputs.map((input, i): Buffer => {
    const buffer: Buffer = { bytes: 0, kind: 'input', input: i }
    scope.places.set(input, wholeOf(buffer, input.shape, input.dtype))
    return buffer
  })
  const replaced = matchDonated(graph, donated)
  const wants = replaced.map((i) => (i === null ? null : placeOf(scope, graph.inputs[i]!)))
  const outputs = lowerGraph(scope, graph, wants, replaced).map((output, o) => ({
    address: wants[o] ?? rowMajorOf(scope, output),
    donated: replaced[o]!,
  }))
  let instructions = scope.list
  if (threads.count > 1) {
    instructions = share(instructions, { ...threads, level, apart: shared.fault })
    if (gainOf(instructions) < threads.leastGain) instructions = unshare(instructions)
  }
  return { instructions, inputs, outputs, fault: shared.fault, culprits: shared.culprits }
}

/** For each output the donated input whose memory it takes: itself if it is one, else the first that fits. */
function matchDonated(graph: Graph, donated: readonly boolean[]): (number | null)[] {
  const free = new Set(graph.inputs.flatMap((_, i) => (donated[i] ? [i] : [])))
  const take = (i: number | undefined) => {
    if (i === undefined || !free.delete(i)) return null
    return i
  }
  const same = graph.outputs.map((output) => take(graph.inputs.indexOf(output)))
  const fits = (output: Tensor) => (i: number) => {
    const input = graph.inputs[i]!
    return input.dtype === output.dtype && input.shape.join() === output.shape.join()
  }
  return graph.outputs.map((output, o) => same[o] ?? take([...free].find(fits(output))))
}
