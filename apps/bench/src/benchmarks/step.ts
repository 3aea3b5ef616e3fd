import { everyPeer, hiddenSizes, type Benchmark } from './benchmark.js'

export const step: Benchmark = {
  name: 'step',
  title: 'one training step (forward, backward, Adam) of a character model: vocabulary 65, T = 64, B = 32',
  workload: 'step',
  measures: ['time'],
  axes: {
    cell: ['lstm', 'gru', 'rnn'],
    hidden: hiddenSizes,
    layers: [1, 2],
    threads: [1, 2],
    input: ['embedding', 'one-hot', 'dense'],
    batch: [],
    time: [],
  },
  vary: 'alone',
  opponents: (of) => [
    ...everyPeer(of),
    { peer: 'tfjs', case: { ...of, program: 'layers' }, row: { program: 'layers' } },
    ...(Number(of['threads']) > 1
      ? [{ peer: 'tapeloop' as const, case: { ...of, threads: 1 }, row: { against: 'threads=1' } }]
      : []),
  ],
}
