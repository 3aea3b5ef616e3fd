import type { Benchmark } from './benchmark.js'

export const long: Benchmark = {
  name: 'long',
  title: 'time and memory of a training step over long texts, with and without a checkpointed loop',
  workload: 'step',
  measures: ['time', 'grown'],
  axes: {
    cell: ['lstm'],
    hidden: [128],
    layers: [1],
    threads: [1],
    input: ['embedding'],
    time: [64, 256, 1024, 4096],
    head: ['outside', 'inside', 'last'],
    checkpoint: ['none', 'sqrt'],
    batch: [],
  },
  vary: 'together',
  opponents: (of) =>
    of['checkpoint'] === 'none'
      ? [{ peer: 'pytorch', case: of }]
      : [{ peer: 'tapeloop', case: { ...of, checkpoint: 'none' }, row: { against: 'checkpoint=none' } }],
}
