import { addingBaseline, addingBatches } from '@tapeloop/data'
import { sequenceRegressor } from '@tapeloop/tapeloop'
import { counted, score } from '../terminal/numbers.js'
import type { CommonSettings } from '../training/settings.js'
import { trainOnce, type Contender, type Experiment } from './experiment.js'

/** Sequences that scores are measured on, and how often in a training. */
const measured = 512
const measurements = 100

/** No seed of a training is as large: what is measured on was not trained on. */
const measuringSeed = 2 ** 31

/** The adding problem: to remember two numbers over a long time. */
export function addingExperiment(settings: CommonSettings): Experiment {
  const { batchSize, seqLength, layers } = settings
  const goals = [0.05, 0.01]
  const batches = (seed: number, size: number) =>
    addingBatches({ batchSize: size, seqLength, seed, dtype: 'float32' })
  const validation = batches(measuringSeed, measured)
  const modelOf = ({ cell, options, hiddenSize }: Contender) =>
    sequenceRegressor({ cell, options, hiddenSize, layers, inputSize: 2, outputSize: 1 })
  return {
    name: 'adding',
    about:
      `the adding problem: the sum of the 2 numbers marked among ${seqLength}; always answering 1 gives ` +
      score(addingBaseline),
    batch: counted(batchSize, 'sequence'),
    measure: { title: 'mean squared error', key: 'meanSquaredError' },
    goals,
    parametersOf: (contender) => modelOf(contender).parameters,
    run: (contender, how) =>
      trainOnce(
        modelOf(contender),
        {
          data: batches(how.seed, batchSize),
          validation: {
            data: validation,
            batches: 1,
            every: Math.max(1, Math.round(how.steps / measurements)),
          },
        },
        how,
        { goals, scoreOf: (loss) => loss },
      ),
  }
}
