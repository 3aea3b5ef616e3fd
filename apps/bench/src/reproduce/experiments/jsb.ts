import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  cells,
  cosine,
  exampleBatches,
  multiLabelTagger,
  parsePianoRolls,
  randomKey,
  tensor,
  type PianoRoll,
} from '@tapeloop/tapeloop'
import { contendersOf, type Contender, type Experiment, type Settings } from '../experiment.js'
import { trained } from '../training.js'
import { counted } from '../words.js'

interface JsbSettings extends Settings {
  readonly hiddenSize: number
  readonly layers: number
  readonly batchSize: number
  readonly clip: number
  /** how often the pieces to choose by are tried, in steps */
  readonly validateEvery: number
  /** pieces that are trained on and measured on; all where there are fewer */
  readonly pieces: number
}

const settings: JsbSettings = {
  hiddenSize: 100,
  layers: 1,
  batchSize: 16,
  steps: 400,
  rates: [0.01, 0.02],
  searchSteps: 100,
  searchSeed: 0,
  seeds: [1, 2, 3],
  clip: 1,
  validateEvery: 100,
  pieces: 1000,
}

const quick: JsbSettings = {
  ...settings,
  hiddenSize: 8,
  validateEvery: 2,
  steps: 4,
  searchSteps: 2,
  seeds: [1, 2],
  rates: [0.003, 0.01],
  pieces: 4,
}

/** The keys of a piano. */
const keys = 88

const file = 'music/jsb-chorales-quarter.json'

const contenders = contendersOf(
  cells,
  [
    'lstm',
    'peephole-lstm',
    'nig-lstm',
    'nfg-lstm',
    'nog-lstm',
    'niaf-lstm',
    'noaf-lstm',
    'cifg-lstm',
    'fgr-lstm',
  ],
  {
    lstm: '8.45 (Bai et al.); not worse than vanilla (Greff et al.)',
    'nig-lstm': 'not worse than vanilla',
    'nfg-lstm': 'significantly worse than vanilla',
    'nog-lstm': 'not worse than vanilla',
    'niaf-lstm': '8.38, the best of all variants (Greff et al.)',
    'noaf-lstm': 'significantly worse than vanilla',
    'cifg-lstm': 'not worse than vanilla',
    'fgr-lstm': 'not worse than vanilla',
  },
)

function experimentOf(set: JsbSettings): Experiment {
  const modelOf = ({ cell }: Contender) =>
    multiLabelTagger({
      cell,
      hiddenSize: set.hiddenSize,
      layers: set.layers,
      inputSize: keys,
      labels: keys,
    })
  return {
    name: 'jsb',
    title: 'JSB chorales',
    settings: set,
    contenders,
    measures: [
      { key: 'test', title: 'nats a time step, test', better: 'less', digits: 3 },
      { key: 'valid', title: 'validation', better: 'less', digits: 3 },
    ],
    chooseBy: 'valid',
    passLines: [{ of: 'lstm', measure: 'test', side: 'at most', bound: 8.6 }],
    protocol: [
      'The chorales in quarter notes: 229 pieces to train on, 76 to choose by, 77 to test with. At each time the 88 keys are ' +
        'inputs, and those of the next time are predicted. The loss of a time is the sum of the binary cross entropies of its keys, ' +
        'averaged over all times of all pieces but the first of each.',
      `${counted(set.layers, 'layer')} of ${counted(set.hiddenSize, 'unit')}; ${counted(set.steps, 'step')} of ${counted(set.batchSize, 'piece')}; ` +
        `Adam, its learning rate falling along half a cosine to a twentieth; gradients clipped to norm ${set.clip}; no dropout.`,
      'The biases of the outputs begin as the log-odds of the keys in the training pieces.',
      `The parameters are the best of those tried on the validation pieces every ${counted(set.validateEvery, 'step')}. ` +
        'For comparison: each key by its frequency, 11.09; each key by itself a moment ago, 10.49.',
      'lstm is the variant NP (no peepholes), peephole-lstm the vanilla LSTM of Greff et al.; the others each change one thing in that one.',
    ],
    differences: [
      'Bai et al. trained two layers of 200 units with dropout 0.2, one piece a step. Greff et al. searched 200 settings at random ' +
        'for each variant (units, learning rate, momentum, input noise), and give the best; here all have equal units, and only the learning rate is searched.',
    ],
    sources: [
      'N. Boulanger-Lewandowski, Y. Bengio, P. Vincent: Modeling temporal dependencies in high-dimensional sequences. ICML 2012 (data, splits, measure).',
      'S. Bai, J. Z. Kolter, V. Koltun: An empirical evaluation of generic convolutional and recurrent networks for sequence modeling. 2018, table 1.',
      'K. Greff, R. K. Srivastava, J. Koutník, B. R. Steunebrink, J. Schmidhuber: LSTM: a search space odyssey. IEEE TNNLS 28(10), 2017.',
    ],
    parametersOf: (contender) => modelOf(contender).parameters,
    async prepare(dataFolder) {
      const music = parsePianoRolls(await readFile(join(dataFolder, file), 'utf8'), { name: file })
      const [train, valid, test] = [music.train, music.valid, music.test].map((pieces) =>
        pieces.slice(0, set.pieces).map(nextFrames),
      )
      const logOdds = tensor(logOddsOf(music.train))
      return async (contender, { rate, seed, steps }) => {
        const model = modelOf(contender)
        const params = model.init(randomKey(seed))
        const result = await trained(model, {
          params: { ...params, output: { ...params.output, bias: logOdds } },
          data: exampleBatches(train!, { batchSize: set.batchSize, seed }),
          validation: {
            data: exampleBatches(valid!, { batchSize: set.batchSize }),
            every: set.validateEvery,
          },
          earlyStopping: { patience: steps },
          steps,
          rate: cosine({ peak: rate, floor: rate / 20, steps }),
          seed,
          clip: set.clip,
        })
        if (result === null) return {}
        const natsOf = async (examples: typeof train) =>
          (await model.evaluate(result.params, examples!, { batchSize: set.batchSize })).loss
        return { valid: await natsOf(valid), test: await natsOf(test) }
      }
    },
  }
}

export const jsb = { full: experimentOf(settings), quick: experimentOf(quick) }

/** Each frame of a piece, and the one after it to be predicted. */
function nextFrames(piece: PianoRoll) {
  return { x: piece.slice(0, -1), y: piece.slice(1) }
}

/** ln(p / (1 − p)) of each key, with half a time added to those that it sounds and to those that it does not. */
function logOddsOf(pieces: readonly PianoRoll[]): Float32Array {
  const frames = pieces.flat()
  return Float32Array.from({ length: keys }, (_, key) => {
    const sounding = frames.filter((frame) => frame[key] === 1).length
    return Math.log((sounding + 0.5) / (frames.length - sounding + 0.5))
  })
}
