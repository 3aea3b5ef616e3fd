import { readFile } from 'node:fs/promises'
import { characters, cleanWords, paddedBatches, splitRandom, wordSequences } from '@tapeloop/data'
import { bitsPerCharacter, languageModel } from '@tapeloop/tapeloop'
import wordList from 'word-list'
import { count, counted } from '../terminal/numbers.js'
import type { CommonSettings } from '../training/settings.js'
import { trainOnce, type Contender, type Experiment } from './experiment.js'

/** Words kept apart to measure on: enough for three digits. */
const measured = 3000

/** English words, letter by letter, each from its start to its end. */
export async function wordsExperiment(settings: CommonSettings): Promise<Experiment> {
  const { words } = cleanWords(await readFile(wordList, 'utf8'))
  // the split is the same whatever the seeds, so that all are measured on the same words
  const share = measured / words.length
  const { train, valid } = splitRandom(words, { train: 1 - share, valid: share }, 1)
  const tokenizer = characters.train(words, { special: ['start', 'end'] })
  const sequences = { train: wordSequences(train, tokenizer), valid: wordSequences(valid, tokenizer) }
  const validation = paddedBatches(sequences.valid, { batchSize: settings.batchSize, padTo: 'batch' })
  const modelOf = ({ cell, options, hiddenSize }: Contender) =>
    languageModel({ cell, options, hiddenSize, layers: settings.layers, vocabularySize: tokenizer.size })
  return {
    name: 'words',
    about:
      `English words: the next of ${tokenizer.size - 2} letters, or the end; ${count(train.length)} words to train ` +
      `on, ${count(valid.length)} others to measure on`,
    batch: counted(settings.batchSize, 'word'),
    measure: { title: 'bits per character', key: 'bitsPerCharacter' },
    goals: [],
    parametersOf: (contender) => modelOf(contender).parameters,
    run: (contender, how) =>
      trainOnce(
        modelOf(contender),
        {
          // a batch is as long as its longest word: few words have thirty letters
          data: paddedBatches(sequences.train, {
            batchSize: settings.batchSize,
            seed: how.seed,
            padTo: 'batch',
          }),
          validation: { data: validation, every: how.steps },
        },
        how,
        { goals: [], scoreOf: bitsPerCharacter },
      ),
  }
}
