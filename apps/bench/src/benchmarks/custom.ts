import { countParams } from '@tapeloop/layers'
import type { Case } from '../protocol.js'
import { vocabularySize } from '../tokens.js'
import { modelCase, stackOf } from '../workloads/training-step.js'
import { hiddenSizes, type Benchmark } from './benchmark.js'

export const custom: Benchmark = {
  name: 'custom',
  title:
    "the same step with cells that no library ships, against PyTorch's hand-written loop over the same cell",
  workload: 'step',
  measures: ['time'],
  axes: {
    cell: ['peephole-lstm', 'layer-norm-lstm', 'user'],
    hidden: hiddenSizes,
    layers: [1],
    threads: [1],
    input: ['embedding'],
    batch: [],
    time: [],
  },
  vary: 'together',
  opponents(of) {
    const lstm = { ...of, cell: 'lstm' }
    return [
      { peer: 'pytorch', case: { ...of, loop: 'eager' }, row: { loop: 'eager' } },
      { peer: 'pytorch', case: { ...of, loop: 'scripted' }, row: { loop: 'scripted' } },
      {
        peer: 'tapeloop',
        case: lstm,
        row: { against: 'lstm per operation' },
        scale: multipliersOf(of) / multipliersOf(lstm),
      },
    ]
  },
}

/** Numbers that a position of the text is multiplied with. All but the gains and biases, which are too few to count. */
function multipliersOf(of: Case): number {
  const given = modelCase(of)
  const { cell, size } = stackOf(given)
  return countParams(cell.params(size, {})) + given.hidden * vocabularySize
}
