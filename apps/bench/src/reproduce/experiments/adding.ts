import { addingBaseline, addingBatches, cells, evaluate, sequenceRegressor } from '@tapeloop/tapeloop'
import { contendersOf, type Contender, type Experiment, type Settings } from '../experiment.js'
import { trained } from '../training.js'
import { counted } from '../words.js'

interface AddingSettings extends Settings {
  readonly seqLength: number
  readonly hiddenSize: number
  readonly batchSize: number
  readonly clip: number
  /** sequences that are measured on */
  readonly testSequences: number
  /** how often it is looked whether the goals are reached, in steps */
  readonly goalsEvery: number
}

const settings: AddingSettings = {
  seqLength: 100,
  hiddenSize: 64,
  batchSize: 32,
  steps: 2000,
  rates: [0.003, 0.01],
  searchSteps: 800,
  searchSeed: 0,
  seeds: [1, 2, 3],
  clip: 1,
  testSequences: 1000,
  goalsEvery: 50,
}

const quick: AddingSettings = {
  ...settings,
  seqLength: 10,
  hiddenSize: 8,
  steps: 20,
  searchSteps: 10,
  seeds: [1, 2],
  rates: [0.003, 0.01],
  testSequences: 50,
  goalsEvery: 10,
}

/** No seed of a training is as large: what is measured on was not trained on. */
const [goalSeed, testSeed] = [2 ** 31, 2 ** 31 + 1]

/** A mean squared error that is out of reach for a model that has not remembered both numbers. */
const goal = 0.01

const contenders = contendersOf(cells, ['lstm', 'gru', 'rnn'], {
  lstm: 'solved after 74,000 sequences (LSTM of 1997)',
  rnn: 'not solved',
})

function experimentOf(set: AddingSettings): Experiment {
  const modelOf = ({ cell }: Contender) =>
    sequenceRegressor({ cell, hiddenSize: set.hiddenSize, inputSize: 2, outputSize: 1 })
  const batches = (seed: number, batchSize: number) =>
    addingBatches({ batchSize, seqLength: set.seqLength, seed, dtype: 'float32' })
  return {
    name: 'adding',
    title: `The adding problem over ${counted(set.seqLength, 'step')}`,
    settings: set,
    contenders,
    measures: [
      { key: 'error', title: 'mean squared error', better: 'less', digits: 5 },
      { key: 'sequences', title: `sequences until it is below ${goal}`, better: 'less', digits: 0 },
    ],
    chooseBy: 'searchError',
    passLines: [
      { of: 'lstm', measure: 'error', side: 'below', bound: 0.01 },
      { of: 'gru', measure: 'error', side: 'below', bound: 0.01 },
      { of: 'rnn', measure: 'error', side: 'at least', bound: 0.15 },
    ],
    protocol: [
      `One layer of ${counted(set.hiddenSize, 'unit')} reads sequences of ${counted(set.seqLength, 'step')}; the last output gives the sum of the two marked numbers.`,
      `${counted(set.steps, 'step')} of ${counted(set.batchSize, 'new sequence')}; Adam at a constant learning rate; gradients clipped to norm ${set.clip}.`,
      `Measured on ${counted(set.testSequences, 'other sequence')}; always answering 1 has an error of 1/6 = ${addingBaseline.toFixed(4)}. ` +
        `Whether the error is below ${goal} is looked at every ${counted(set.goalsEvery, 'step')}.`,
    ],
    differences: [
      'In 1997 the numbers were from −1 to 1, the target was the sum scaled to 0 to 1, one marked step was among the ' +
        'first ten and the other in the first half, lengths varied between T and T + T/10, and solved meant that 2,000 sequences in a row had an error below 0.04. ' +
        'Here it is the form used since Le, Jaitly and Hinton (2015): numbers from 0 to 1, one mark in each half, T steps exactly.',
    ],
    sources: [
      'S. Hochreiter, J. Schmidhuber: Long short-term memory. Neural Computation 9(8), 1997, section 5.4.',
    ],
    parametersOf: (contender) => modelOf(contender).parameters,
    async prepare() {
      return async (contender, { rate, seed, steps }) => {
        const model = modelOf(contender)
        const errorOn = async (params: Parameters<typeof model.apply>[0], dataSeed: number) =>
          (await evaluate(model, params, batches(dataSeed, set.testSequences), { batches: 1 })).loss
        const result = await trained(model, {
          data: batches(seed, set.batchSize),
          steps,
          rate,
          seed,
          clip: set.clip,
          sample: {
            every: set.goalsEvery,
            draw: async (params) => (await errorOn(params, goalSeed)) < goal,
          },
        })
        if (result === null) return {}
        const first = result.samples.find(({ sample }) => sample)
        return {
          searchError: await errorOn(result.params, goalSeed),
          error: await errorOn(result.params, testSeed),
          sequences: first ? first.step * set.batchSize : null,
        }
      }
    },
  }
}

export const adding = { full: experimentOf(settings), quick: experimentOf(quick) }
