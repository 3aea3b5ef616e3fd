import type { TextChange, Tokenizer } from '@tapeloop/data'
import { languageModel as modelOver, type LanguageModel } from '@tapeloop/models'
import { bitsPerCharacter } from '@tapeloop/train'
import { whole, type SettingSpecs, type SettingValues } from '../flags/specs.js'
import { wholeText } from '../sources/source.js'
import { count, counted, score } from '../terminal/numbers.js'
import { cellOf } from '../training/optimizer.js'
import type { RunConfig } from '../training/config.js'
import type { Chosen } from '../training/settings.js'
import { knownTokenizer, restoreModel } from './kept.js'
import { learnerOf } from './learner.js'
import type { Learner, Measure, Notice, TaskKind } from './task.js'
import { trainedLanguageModel } from './language-model-trained.js'
import { cutLines, cutText, describeChanges, isList, linesOf } from './text-data.js'
import { nounOf, textSettings, trainTokenizer } from './text-tokenizer.js'

const own = {
  ...textSettings,
  lines: {
    type: 'boolean',
    default: false,
    doc: 'take each line as a text of its own, as in a list of words',
  },
  bpttEvery: whole(1, 1, 'windows of --seq-length from one update to the next (k1)'),
  bpttThrough: whole(1, 1, 'windows of --seq-length that gradients flow back through (k2)'),
} as const satisfies SettingSpecs

type Own = SettingValues<typeof own>
type All = Chosen & Own

/** The file of a run that holds the text. */
const textFile = 'text.txt'

/** Characters of a sample that is shown while training. */
const sampleLength = 200

/** The next token of a text. */
export const languageModelTask: TaskKind = {
  name: 'language-model',
  title: 'a language model',
  settings: own,
  presets: { lines: undefined },
  mostSteps: 2000,
  async begin(source, chosen, notice = () => undefined) {
    const { text, changes } = await wholeText(source)
    const lines = (chosen['lines'] as boolean | undefined) ?? isList(text)
    const settings = { ...(chosen as All), lines }
    const tokenizer = tokenizerOf(text, settings, notice)
    const learner = learnerFrom(source.name, text, tokenizer, settings, changes)
    return { learner, tokenizer, files: { [textFile]: text }, settled: { lines }, found: {} }
  },
  async resume({ config, tokenizer, read }) {
    const settings = config as RunConfig & Own
    return learnerFrom(config.source, await read(textFile), knownTokenizer(tokenizer), settings, [])
  },
  async load({ config, tokenizer, read }, weights, where) {
    const settings = config as RunConfig & Own
    const model = modelOf(settings, knownTokenizer(tokenizer).size)
    const params = restoreModel(model, weights, where)
    const learned = async () => (settings.lines ? new Set(linesOf(await read(textFile))) : null)
    return trainedLanguageModel(
      { model, params, tokenizer: knownTokenizer(tokenizer), learned },
      settings.lines,
    )
  },
}

function tokenizerOf(text: string, settings: Own, notice: Notice): Tokenizer {
  return settings.lines
    ? trainTokenizer(linesOf(text), settings, ['start', 'end'], notice)
    : trainTokenizer([text], settings, [], notice)
}

function modelOf(settings: All, vocabularySize: number): LanguageModel {
  const { hidden, layers, embedding } = settings
  return modelOver({
    cell: cellOf(settings),
    vocabularySize,
    hiddenSize: hidden,
    layers,
    options: settings.options,
    ...(embedding > 0 && { embeddingSize: embedding }),
  })
}

function learnerFrom(
  name: string,
  text: string,
  tokenizer: Tokenizer,
  settings: All,
  changes: readonly TextChange[],
): Learner {
  const { lines, batchSize, seqLength, seed, bpttEvery: every, bpttThrough: through } = settings
  const model = modelOf(settings, tokenizer.size)
  const texts = lines ? linesOf(text) : null
  const data = texts
    ? cutLines(name, texts, tokenizer, settings)
    : cutText({ name, text }, tokenizer, settings)
  const { train, valid, trainTokens, validTokens, charactersPerToken } = data
  const noun = nounOf(tokenizer)
  const tokens = texts ? trainTokens / train.batchesPerEpoch : batchSize * seqLength * every
  const all = trainTokens + validTokens
  const validation = validTokens === 0 ? '' : `, ${count(validTokens)} to validate on`
  const found = `${counted(all, noun)}, ${tokenizer.size} different; ${count(trainTokens)} to train on${validation}`
  const sampler = model.sampler({ temperature: 0.8 })
  return learnerOf(
    {
      model,
      train,
      valid,
      ...(!lines && { truncation: { every, through } }),
      async sample(params, step) {
        const options = { length: sampleLength, seed: seed + step }
        if (lines) return (await sampler.texts(params, tokenizer, { ...options, count: 8 })).join('\n')
        let sample = ''
        for await (const piece of sampler.text(params, tokenizer, options)) sample += piece
        return sample
      },
    },
    {
      lines: [
        `${name}: ${texts ? `a list of ${counted(texts.length, 'line')} (--no-lines to take it as one text); ` : ''}${found}`,
        ...describeChanges(changes).map((change) => `${name}: ${change}`),
      ],
      summary: {
        name,
        characters: data.trainCharacters + data.validCharacters,
        vocabulary: tokenizer.size,
        trainCharacters: data.trainCharacters,
        validCharacters: data.validCharacters,
        ...(tokenizer.type !== 'characters' && { tokenizer: tokenizer.type, charactersPerToken }),
      },
      changes,
      batch: {
        size: Math.round(tokens * charactersPerToken),
        noun: 'character',
        text: texts ? counted(batchSize, 'line') : `${batchSize} × ${seqLength} ${noun}s`,
      },
      validation: data.validCharacters,
      measure: measureOf(charactersPerToken),
    },
  )
}

/** Losses are of a token; bits are told of a character, so that any tokenizer can be compared with any other. */
function measureOf(charactersPerToken: number): Measure {
  const bitsOf = (nats: number) => bitsPerCharacter(nats) / charactersPerToken
  return {
    lossUnit: 'bits',
    loss: ({ loss }) => bitsOf(loss),
    validation({ loss }) {
      const bits = score(bitsOf(loss))
      const long = `${bits} bits per character`
      return {
        short: `${bits} bits/char`,
        long,
        final: `${long} on the validation text (${score(loss)} nats)`,
      }
    },
    json: ({ loss }) => ({ nats: loss, bitsPerCharacter: bitsOf(loss) }),
  }
}
