import { characters } from '@tapeloop/data'
import { bitsPerCharacter, languageModel } from '@tapeloop/tapeloop'
import { cutText, readCorpus } from '../tasks/text-data.js'
import type { CommonSettings } from '../training/settings.js'
import { count } from '../terminal/numbers.js'
import { trainOnce, type Contender, type Experiment } from './experiment.js'

/** The part of a text, at its end, that scores are measured on. */
const validFraction = 0.1

/** The next character of a text. */
export async function textExperiment(file: string, settings: CommonSettings): Promise<Experiment> {
  const corpus = await readCorpus(file)
  const tokenizer = characters.train(corpus.text)
  const { train, valid, trainTokens, validTokens } = cutText(corpus, tokenizer, {
    ...settings,
    validFraction,
  })
  const modelOf = ({ cell, options, hiddenSize }: Contender) =>
    languageModel({ cell, options, hiddenSize, layers: settings.layers, vocabularySize: tokenizer.size })
  return {
    name: corpus.name,
    about:
      `${corpus.name}: the next of ${tokenizer.size} characters; ${count(trainTokens)} to train on, ` +
      `${count(validTokens)} to measure on`,
    batch: `${settings.batchSize} × ${settings.seqLength} characters`,
    measure: { title: 'bits per character', key: 'bitsPerCharacter' },
    goals: [],
    parametersOf: (contender) => modelOf(contender).parameters,
    run: (contender, how) =>
      trainOnce(modelOf(contender), { data: train, validation: { data: valid!, every: how.steps } }, how, {
        goals: [],
        scoreOf: bitsPerCharacter,
      }),
  }
}
