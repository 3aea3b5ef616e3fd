import type { Case, WorkloadName } from '../protocol.js'
import type { Workload } from '../serve.js'
import { backendOf, type Level } from '../level.js'
import { peakOf } from './peak.js'
import { operationsOf, productWorkload } from './product.js'
import { sampleWorkload } from './sample.js'
import { modelCase, trainingStep } from './training-step.js'

/** What Tapeloop runs for a case at a level. */
export async function buildWorkload(name: WorkloadName, of: Case, level: Level): Promise<Workload> {
  if (name === 'peak') return peakOf(operationsOf(of), level)
  const backend = await backendOf(level, Number(of['threads'] ?? 1))
  if (name === 'sample') return sampleWorkload(of, backend)
  if (name === 'product') return productWorkload(of, backend)
  return trainingStep(modelCase(of), backend)
}
