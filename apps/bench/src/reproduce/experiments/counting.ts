import {
  cells,
  countingString,
  exampleBatches,
  multiLabelTagger,
  schedules,
  type MultiLabelTagger,
  type MultiLabelTaggerParams,
} from '@tapeloop/tapeloop'
import { contendersOf, type Contender, type Experiment, type Settings } from '../experiment.js'
import { trained } from '../training.js'
import { counted } from '../words.js'

interface CountingSettings extends Settings {
  /** 2 for aⁿbⁿ, 3 for aⁿbⁿcⁿ */
  readonly letters: number
  /** the largest n that is trained on; all from 1 on are */
  readonly trainedTo: number
  /** the largest n that is tried */
  readonly testedTo: number
  readonly hiddenSize: number
  readonly batchSize: number
  readonly clip: number
}

const two: CountingSettings = {
  letters: 2,
  trainedTo: 50,
  testedTo: 500,
  hiddenSize: 10,
  batchSize: 10,
  steps: 4000,
  rates: [0.01, 0.03, 0.1],
  searchSteps: 4000,
  searchSeed: 0,
  seeds: [1, 2, 3],
  clip: 0.1,
}
const three: CountingSettings = { ...two, letters: 3 }

const quickly = {
  trainedTo: 4,
  testedTo: 10,
  batchSize: 2,
  steps: 20,
  searchSteps: 10,
  seeds: [1, 2],
  rates: [0.003, 0.01],
}

/** So many n are tried at once. */
const span = 100

function experimentOf(set: CountingSettings): Experiment {
  const { letters, trainedTo, testedTo } = set
  const language = ['', '', 'aⁿbⁿ', 'aⁿbⁿcⁿ'][letters]!
  const published = {
    lstm: 'far beyond what it was trained on (Weiss et al.)',
    'peephole-lstm':
      letters === 2
        ? 'trained to 10: 1 to 1,000 (Gers, Schmidhuber, best net)'
        : 'trained to 50: 1 to about 500 (Gers, Schmidhuber, best net)',
    gru: 'hardly beyond what it was trained on (Weiss et al.)',
  }
  const contenders: readonly Contender[] = [
    ...contendersOf(cells, ['lstm', 'peephole-lstm', 'gru', 'rnn'], published),
    { name: 'rnn-relu', cell: cells.rnn, options: { activation: 'relu' } as never },
  ]
  const modelOf = ({ cell, options = {} }: Contender) =>
    multiLabelTagger({
      cell,
      options,
      hiddenSize: set.hiddenSize,
      vocabularySize: letters + 1,
      labels: letters + 1,
    })
  return {
    name: letters === 2 ? 'counting' : 'counting3',
    title: `Counting: ${language}`,
    settings: set,
    contenders,
    measures: [
      { key: 'exactTo', title: 'right for all n from 1 to', better: 'more', digits: 0 },
      {
        key: 'right',
        title: `right of n up to ${testedTo.toLocaleString('en-US')}, %`,
        better: 'more',
        digits: 1,
      },
      { key: 'loss', title: 'loss on what was trained on', better: 'less', digits: 6 },
    ],
    chooseBy: 'loss',
    passLines: [{ of: 'lstm', measure: 'exactTo', side: 'at least', bound: 2 * trainedTo }],
    protocol: [
      `One layer of ${counted(set.hiddenSize, 'unit')} reads a start and then a string of ${language}, and says at each symbol which symbols may ` +
        'come next: after an a another or the first b, then what n decides. A string is right if every such set is right, each output above or below one half.',
      `Trained on n from 1 to ${trainedTo}: ${counted(set.steps, 'step')} of ${counted(set.batchSize, 'string')}; Adam, its learning rate falling ` +
        `along half a cosine to a hundredth; gradients clipped to norm ${set.clip}. Tried on n from 1 to ${testedTo}.`,
      'Steps, clipping and the largest learning rate were found by trying them on the LSTM with aⁿbⁿcⁿ.',
    ],
    differences: [
      'Gers and Schmidhuber had one or two memory blocks with peepholes, trained online by the truncated gradient, and give the ' +
        'best of several nets. Weiss et al. trained language models on one symbol to come, and give single nets. Here it is the median of all seeds, at the last step.',
    ],
    sources: [
      'F. A. Gers, J. Schmidhuber: LSTM recurrent networks learn simple context-free and context-sensitive languages. IEEE Transactions on Neural Networks 12(6), 2001.',
      'G. Weiss, Y. Goldberg, E. Yahav: On the practical computational power of finite precision RNNs for language recognition. ACL 2018.',
    ],
    parametersOf: (contender) => modelOf(contender).parameters,
    async prepare() {
      const strings = upTo(trainedTo).map((n) => countingString(letters, n))
      return async (contender, { rate, seed, steps }) => {
        const model = modelOf(contender)
        const result = await trained(model, {
          data: exampleBatches(strings, { batchSize: set.batchSize, seed }),
          steps,
          rate: schedules.cosine({ peak: rate, floor: rate / 100, steps }),
          seed,
          clip: set.clip,
        })
        if (result === null) return {}
        const right = await judged(model, result.params, letters, testedTo)
        const wrong = right.indexOf(false)
        return {
          loss: (await model.evaluate(result.params, strings, { batchSize: strings.length })).loss,
          exactTo: wrong < 0 ? testedTo : wrong,
          right: (100 * right.filter(Boolean).length) / testedTo,
        }
      }
    },
  }
}

export const counting = { full: experimentOf(two), quick: experimentOf({ ...two, ...quickly }) }
export const counting3 = { full: experimentOf(three), quick: experimentOf({ ...three, ...quickly }) }

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1)

/** For each n from 1 on, whether a model says of every symbol of its string what may come next, and nothing else. */
async function judged(
  model: MultiLabelTagger,
  params: MultiLabelTaggerParams,
  letters: number,
  testedTo: number,
): Promise<boolean[]> {
  const right: boolean[] = []
  for (let from = 0; from < testedTo; from += span) {
    const strings = upTo(Math.min(span, testedTo - from)).map((i) => countingString(letters, from + i))
    const predicted = await model.predict(
      params,
      strings.map(({ x }) => x),
    )
    right.push(
      ...strings.map(({ y }, i) =>
        y.every((legal, t) => legal.every((may, id) => predicted[i]![t]![id]! > 0.5 === (may === 1))),
      ),
    )
  }
  return right
}
