import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cells, characters, contiguousBatches, cosine, languageModel } from '@tapeloop/tapeloop'
import { contendersOf, type Contender, type Experiment, type Settings } from '../experiment.js'
import { trained } from '../training.js'
import { counted } from '../words.js'

interface ShakespeareSettings extends Settings {
  readonly hiddenSize: number
  readonly layers: number
  readonly batchSize: number
  readonly seqLength: number
  readonly clip: number
  /** characters that are used, from the first on; all where there are fewer */
  readonly characters: number
}

const settings: ShakespeareSettings = {
  hiddenSize: 128,
  layers: 2,
  batchSize: 50,
  seqLength: 50,
  steps: 4000,
  rates: [0.005, 0.01],
  searchSteps: 400,
  searchSeed: 0,
  seeds: [1, 2, 3],
  clip: 1,
  characters: 2_000_000,
}

const quick: ShakespeareSettings = {
  ...settings,
  hiddenSize: 8,
  batchSize: 4,
  seqLength: 8,
  steps: 6,
  searchSteps: 3,
  seeds: [1, 2],
  characters: 2000,
}

const file = 'text/tinyshakespeare.txt'

/** Different characters of the whole text. */
const vocabulary = 65

const contenders = contendersOf(cells, ['lstm'], {
  lstm: '1.669 (best n-gram); 1.395 (char-rnn, text not named)',
})

function experimentOf(set: ShakespeareSettings): Experiment {
  const modelOf = ({ cell }: Contender, vocabularySize: number) =>
    languageModel({ cell, hiddenSize: set.hiddenSize, layers: set.layers, vocabularySize })
  return {
    name: 'shakespeare',
    title: 'Tiny Shakespeare',
    settings: set,
    contenders,
    measures: [{ key: 'nats', title: 'nats a character', better: 'less', digits: 3 }],
    chooseBy: 'nats',
    passLines: [{ of: 'lstm', measure: 'nats', side: 'below', bound: 1.669 }],
    protocol: [
      `The first nine tenths of the text to train on, the last tenth to measure on: a language model with ${counted(set.layers, 'layer')} of ` +
        `${counted(set.hiddenSize, 'unit')}, one-hot characters in, ${set.batchSize} lanes of ${counted(set.seqLength, 'character')} a step with the state carried on.`,
      `${counted(set.steps, 'step')}, ${counted(set.steps * set.batchSize * set.seqLength, 'character')} in all; Adam, its learning rate falling along half a cosine to a ` +
        `twentieth; gradients clipped to norm ${set.clip}; no dropout.`,
      'The floor: the best n-gram model of this split (Witten-Bell, order 5) has 1.669 nats. The learning rates are tried on the same last tenth, as there are but two parts.',
    ],
    differences: [
      'char-rnn trains 50 epochs with RMSProp at 0.002, which falls from the tenth epoch on, starts from weights within ±0.08, clips each gradient to ±5, ' +
        'and keeps 5 % of the text to measure on; ours is a fifth of its training. Its documentation prints 1.395 for a checkpoint at epoch 30 and does not say of which text.',
    ],
    sources: [
      'A. Karpathy: char-rnn, 2015: the text, the size, lanes and steps, and the figure of its readme.',
      'A. Karpathy: nanoGPT, readme: a Transformer of 4 layers of 128 units for 2,000 steps 1.88, one of 6 layers of 384 units on a GPU 1.470.',
      'L. Feng, F. Tung, M. O. Ahmed, Y. Bengio, H. Hajimirsadeghi: Were RNNs all we needed? 2024: minGRU 1.548, minLSTM 1.555.',
    ],
    parametersOf: (contender) => modelOf(contender, vocabulary).parameters,
    async prepare(dataFolder) {
      const text = (await readFile(join(dataFolder, file), 'utf8')).slice(0, set.characters)
      const tokenizer = characters.train(text)
      const tokens = tokenizer.encode(text).ids
      const cut = Math.floor(0.9 * tokens.length)
      const [train, valid] = [tokens.subarray(0, cut), tokens.subarray(cut)]
      return async (contender, { rate, seed, steps }) => {
        const model = modelOf(contender, tokenizer.size)
        const result = await trained(model, {
          data: contiguousBatches(train, set),
          steps,
          rate: cosine({ peak: rate, floor: rate / 20, steps }),
          seed,
          clip: set.clip,
        })
        if (result === null) return {}
        return model.evaluate(result.params, valid).then(({ nats }) => ({ nats }))
      }
    },
  }
}

export const shakespeare = { full: experimentOf(settings), quick: experimentOf(quick) }
