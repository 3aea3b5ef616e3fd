/** Drawing text, one character at a time. */
import { randomKey, type Backend } from '@tapeloop/core'
import { languageModel } from '@tapeloop/models'
import { cells } from '../cells.js'
import type { Case } from '../protocol.js'
import type { Workload } from '../serve.js'
import { vocabularySize } from '../tokens.js'
import { modelCase } from './training-step.js'

/** As users draw: `model.sampler().tokens(…)`. One run is so many characters; its time is that of one. */
export function sampleWorkload(of: Case, backend: Backend): Workload {
  const { cell, hidden, layers, input } = modelCase(of)
  const model = languageModel({
    cell: cells[cell]!,
    vocabularySize,
    hiddenSize: hidden,
    layers,
    ...(input === 'embedding' && { embeddingSize: hidden }),
  })
  const params = model.init(randomKey(0))
  const sampler = model.sampler({ backend })
  return {
    program: `the backend ${backend.name}`,
    async run() {
      let last = NaN
      for await (const token of sampler.tokens(params, [0], { length: charactersPerRun })) last = token
      return last
    },
    scale: 1 / charactersPerRun,
  }
}

/** How many characters are drawn between two looks at the clock: what `tapeloop sample` draws. */
const charactersPerRun = 500
