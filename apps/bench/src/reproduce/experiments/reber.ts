import {
  cells,
  compile,
  epochOf,
  evaluate,
  languageModel,
  mulberry32,
  paddedBatches,
  reberBaseline,
  reberBatches,
  reberFloor,
  reberString,
  reberSymbols,
  reberTokens,
  type LanguageModel,
  type LanguageModelParams,
  type ReberString,
  type Tensor,
} from '@tapeloop/tapeloop'
import { contendersOf, type Contender, type Experiment, type Settings } from '../experiment.js'
import { trained } from '../training.js'
import { counted } from '../words.js'

interface ReberSettings extends Settings {
  readonly hiddenSize: number
  readonly batchSize: number
  readonly clip: number
  /** strings that are measured on */
  readonly testStrings: number
  /** how often the criterion of 1997 is tried, in steps, and on how many strings */
  readonly criterionEvery: number
  readonly criterionStrings: number
}

const settings: ReberSettings = {
  hiddenSize: 8,
  batchSize: 32,
  steps: 3000,
  rates: [0.003, 0.01, 0.03],
  searchSteps: 1000,
  searchSeed: 0,
  seeds: [1, 2, 3],
  clip: 1,
  testStrings: 10_000,
  criterionEvery: 50,
  criterionStrings: 256,
}

const quick: ReberSettings = {
  ...settings,
  steps: 20,
  searchSteps: 10,
  seeds: [1, 2],
  rates: [0.01, 0.03],
  testStrings: 100,
  criterionEvery: 10,
}

/** No seed of a training is as large: what is measured on was not trained on. */
const [searchSeed, criterionSeed, testSeed] = [2 ** 31, 2 ** 31 + 1, 2 ** 31 + 2]

const contenders = contendersOf(cells, ['lstm', 'peephole-lstm', 'gru', 'rnn'], {
  lstm: '97 to 100 % of trials, after 8,440 strings (LSTM of 1997)',
  rnn: 'no trial, after more than 200,000 strings (Elman net)',
})

function experimentOf(set: ReberSettings): Experiment {
  const modelOf = ({ cell }: Contender) =>
    languageModel({ cell, hiddenSize: set.hiddenSize, vocabularySize: reberSymbols.length })
  return {
    name: 'reber',
    title: 'The embedded Reber grammar',
    settings: set,
    contenders,
    measures: [
      { key: 'nats', title: 'nats a string', better: 'less', digits: 3 },
      { key: 'longRange', title: 'last but one symbol right, %', better: 'more', digits: 1 },
      { key: 'strings', title: 'strings until every successor is right', better: 'less', digits: 0 },
    ],
    chooseBy: 'searchNats',
    passLines: [
      { of: 'lstm', measure: 'nats', side: 'at most', bound: 5.1 },
      { of: 'peephole-lstm', measure: 'nats', side: 'at most', bound: 5.1 },
      { of: 'gru', measure: 'nats', side: 'at most', bound: 5.1 },
      { of: 'the best cell', measure: 'longRange', side: 'at least', bound: 99 },
    ],
    protocol: [
      `A language model with one layer of ${counted(set.hiddenSize, 'unit')} reads strings of the grammar, symbol by symbol.`,
      `${counted(set.steps, 'step')} of ${counted(set.batchSize, 'new string')}; Adam at a constant learning rate; gradients clipped to norm ${set.clip}.`,
      `Measured on ${counted(set.testStrings, 'other string')}. A string has 7 random choices on average, so that no model comes below ` +
        `7 ln 2 = ${reberFloor.toFixed(3)} nats; one that forgets the second symbol does not come below 8 ln 2 = ${reberBaseline.toFixed(3)}.`,
      `The criterion of 1997, tried every ${counted(set.criterionEvery, 'step')}: at each symbol of ${counted(set.criterionStrings, 'string')} ` +
        'every legal successor has a higher output than any other symbol.',
    ],
    differences: [
      'In 1997 the strings came one at a time from a set of 256, the gradient was cut at the cells, the optimizer was plain ' +
        'gradient descent, and the LSTM had no forget gate. Here they come in batches without end, with the whole gradient and Adam: ' +
        'the numbers of strings say the order of size, no more.',
    ],
    sources: [
      'S. Hochreiter, J. Schmidhuber: Long short-term memory. Neural Computation 9(8), 1997, section 5.1.',
    ],
    parametersOf: (contender) => modelOf(contender).parameters,
    async prepare() {
      const [search, criterion, test] = [
        stringsOf(searchSeed, set.testStrings),
        stringsOf(criterionSeed, set.criterionStrings),
        stringsOf(testSeed, set.testStrings),
      ]
      return async (contender, { rate, seed, steps }) => {
        const model = modelOf(contender)
        const logitsOf = readerOf(model)
        const result = await trained(model, {
          data: reberBatches({ batchSize: set.batchSize, seed }),
          steps,
          rate,
          seed,
          clip: set.clip,
          sample: {
            every: set.criterionEvery,
            draw: async (params) => fulfilsCriterion(criterion, await logitsOf(params, criterion)),
          },
        })
        if (result === null) return {}
        const { params, samples } = result
        const natsOf = async (strings: readonly ReberString[]) => {
          const { loss, weight } = await evaluate(model, params, batchesOf(strings))
          return (loss * weight) / strings.length
        }
        const first = samples.find(({ sample }) => sample)
        return {
          searchNats: await natsOf(search),
          nats: await natsOf(test),
          longRange: 100 * longRangeRight(test, await logitsOf(params, test)),
          strings: first ? first.step * set.batchSize : null,
        }
      }
    },
  }
}

export const reber = { full: experimentOf(settings), quick: experimentOf(quick) }

/** The outputs for one string: [time, symbol] as a function. */
type Logits = (time: number, symbol: string) => number

function stringsOf(seed: number, count: number): readonly ReberString[] {
  const random = mulberry32(seed)
  return Array.from({ length: count }, () => reberString(random))
}

function batchesOf(strings: readonly ReberString[]) {
  return paddedBatches(
    strings.map(({ text }) => reberTokens(text)),
    { batchSize: Math.min(500, strings.length) },
  )
}

/** What a model answers to each of some strings. */
function readerOf(model: LanguageModel) {
  const read = compile((params: LanguageModelParams, x: Tensor) => model.apply(params, x).logits)
  return async (params: LanguageModelParams, strings: readonly ReberString[]): Promise<Logits[]> => {
    const answers: Logits[] = []
    for (const batch of epochOf(batchesOf(strings))) {
      const numbers = await read(params, model.batch(batch).x).data()
      const [rows, times] = batch.shape
      for (let row = 0; row < rows; row++) {
        answers.push(
          (time, symbol) =>
            numbers[(row * times + time) * reberSymbols.length + reberSymbols.indexOf(symbol)]!,
        )
      }
    }
    return answers
  }
}

/** Whether at each symbol of each string the legal successors have higher outputs than all other symbols. */
function fulfilsCriterion(strings: readonly ReberString[], answers: readonly Logits[]): boolean {
  return strings.every(({ successors }, i) =>
    successors.every((legal, time) => {
      const others = [...reberSymbols].filter((symbol) => !legal.includes(symbol))
      const outputs = (symbols: readonly string[]) => symbols.map((symbol) => answers[i]!(time, symbol))
      return Math.min(...outputs([...legal])) > Math.max(...outputs(others))
    }),
  )
}

/** In which part of the strings the last but one symbol has the highest output where it is asked for. */
function longRangeRight(strings: readonly ReberString[], answers: readonly Logits[]): number {
  const right = strings.filter(({ text }, i) => {
    const [time, symbol] = [text.length - 3, text.at(-2)!]
    const output = answers[i]!(time, symbol)
    return [...reberSymbols].every((other) => other === symbol || answers[i]!(time, other) < output)
  })
  return right.length / strings.length
}
