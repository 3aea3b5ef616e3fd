import { everyPeer, hiddenSizes, type Benchmark } from './benchmark.js'

export const first: Benchmark = {
  name: 'first',
  title:
    'from the call to the end of the first training step in a new process: tracing and compiling included',
  workload: 'step',
  measures: ['first'],
  axes: {
    cell: ['lstm'],
    hidden: hiddenSizes,
    layers: [1],
    threads: [1],
    input: ['embedding'],
    batch: [],
    time: [],
  },
  vary: 'together',
  opponents: everyPeer,
}
