import { everyPeer, hiddenSizes, type Benchmark } from './benchmark.js'

export const sample: Benchmark = {
  name: 'sample',
  title: 'drawing characters one at a time, batch 1: the step, the softmax and the draw',
  workload: 'sample',
  measures: ['time'],
  axes: { cell: ['lstm'], hidden: hiddenSizes, layers: [1], threads: [1], input: ['embedding'] },
  vary: 'together',
  opponents: everyPeer,
  show: (milliseconds) => ({ value: 1000 / milliseconds, unit: 'characters/s' }),
}
