import { everyPeer, hiddenSizes, type Benchmark } from './benchmark.js'

export const memory: Benchmark = {
  name: 'memory',
  title: 'peak resident memory of a process that trains, its runtime and libraries included',
  workload: 'step',
  measures: ['peak'],
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
