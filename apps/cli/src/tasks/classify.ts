import { TapeloopError } from '@tapeloop/core'
import { applyScaler, fitScaler, parseScaler, type Scaler, type Tokenizer } from '@tapeloop/data'
import {
  exampleBatches,
  sequenceClassifier,
  type Example,
  type SequenceClassifier,
  type SequenceClassifierParams,
} from '@tapeloop/models'
import * as z from 'zod'
import type { SettingSpecs, SettingValues } from '../flags/specs.js'
import { counted, percent, score } from '../terminal/numbers.js'
import type { RunConfig } from '../training/config.js'
import { cellOf } from '../training/optimizer.js'
import type { Chosen } from '../training/settings.js'
import { classesOf, evaluateClassifier, trainedClassifier } from './classify-trained.js'
import {
  cutExamples,
  partsSchema,
  readExamples,
  type ExampleParts,
  type LabelledExample,
} from './examples.js'
import { knownTokenizer, readBack, readBackJson, restoreModel } from './kept.js'
import { learnerOf } from './learner.js'
import type { Kept, Learner, Measure, Notice, TaskKind } from './task.js'
import { nounOf, textSettings, trainTokenizer } from './text-tokenizer.js'

const own = {
  ...textSettings,
  textColumn: { type: 'text', default: '', placeholder: 'column', doc: 'the column of the text to classify' },
  labelColumn: { type: 'text', default: '', placeholder: 'column', doc: 'the column of the class' },
  testFraction: {
    type: 'number',
    default: 0.2,
    min: 0,
    max: 0.9,
    doc: 'the part of the data to test on at the end, of a series its end',
  },
  bidirectional: { type: 'boolean', default: false, doc: 'read from both ends' },
  summary: {
    type: 'choice',
    choices: ['last', 'mean', 'dot', 'additive'],
    default: 'last',
    doc: 'what the class is read from: the last output, the mean of all, or attention over all',
  },
} as const satisfies SettingSpecs

type All = Chosen & SettingValues<typeof own>

/** What the model needs to know of the data. */
const foundSchema = z.object({
  labels: z.array(z.string()).min(1),
  /** the column of the texts, where they came from a table */
  textColumn: z.string().nullable(),
  /** of numbers: how many there are at a time, and how they are scaled; null of text */
  numbers: z
    .object({
      features: z.int().min(1),
      scaler: z.unknown().transform((value): Scaler => parseScaler(value)),
    })
    .nullable(),
})

/** What was found in the data. */
export type FoundClasses = z.infer<typeof foundSchema>

/** The file of a run that holds the examples, in parts. */
const examplesFile = 'examples.json'

/** The class of a text, or of a sequence of numbers. */
export const classifyTask: TaskKind = {
  name: 'classify',
  title: 'a classifier',
  settings: own,
  presets: { seqLength: 500, lr: 5e-3, clip: 1, dropout: 0.3 },
  mostSteps: 4000,
  async begin(source, chosen, notice = () => undefined) {
    const settings = chosen as All
    const set = await readExamples(source, settings)
    const parts = cutExamples(set, settings)
    const tokenizer = tokenizerOf(parts.train, settings, notice)
    const found: FoundClasses = {
      labels: classesOf([...set.all, ...(set.test ?? [])]),
      textColumn: set.columns?.text ?? null,
      numbers: tokenizer ? null : numbersOf(parts.train),
    }
    const learner = learnerFrom(source.name, parts, found, tokenizer, settings)
    const settled = set.columns ? { textColumn: set.columns.text, labelColumn: set.columns.label } : {}
    return { learner, tokenizer, files: { [examplesFile]: JSON.stringify(parts) }, settled, found }
  },
  async resume(kept) {
    const { config, tokenizer, read } = kept
    const parts = readBackJson(examplesFile, partsSchema, await read(examplesFile))
    return learnerFrom(config.source, parts, foundIn(kept), tokenizer, config as RunConfig & All)
  },
  async load(kept, weights, where) {
    const found = foundIn(kept)
    const model = modelOf(kept.config as RunConfig & All, found, kept.tokenizer)
    const params = restoreModel(model, weights, where)
    const encode = encoderOf(found, kept.tokenizer, kept.config.seqLength)
    return trainedClassifier({ model, params, encode, found })
  },
}

function foundIn({ config }: Kept): FoundClasses {
  return readBack('What run.json says under found', foundSchema, config.found)
}

/** What the texts are cut into; null where the examples are numbers. */
function tokenizerOf(examples: readonly LabelledExample[], settings: All, notice: Notice): Tokenizer | null {
  const texts = examples.flatMap(({ x }) => (typeof x === 'string' ? [x] : []))
  return texts.length === 0 ? null : trainTokenizer(texts, settings, ['unknown'], notice)
}

function numbersOf(examples: readonly LabelledExample[]): FoundClasses['numbers'] {
  const rows = examples.flatMap(({ x }) => (typeof x === 'string' ? [] : x))
  const features = rows[0]!.length
  return { features, scaler: fitScaler('standard', Float64Array.from(rows.flat()), features) }
}

/** Makes of an example what the model reads; of a long one the beginning. */
export type Encode = (x: LabelledExample['x']) => Example<number>['x']

function encoderOf({ numbers }: FoundClasses, tokenizer: Tokenizer | null, longest: number): Encode {
  return (x) => {
    if (typeof x === 'string') {
      if (numbers !== null) return refuseKind('a text', 'numbers at each time')
      const { encode, special } = knownTokenizer(tokenizer)
      const { ids } = encode(x)
      // an empty text is one that nothing is known of
      return ids.length === 0 ? [special.unknown ?? 0] : ids.subarray(0, longest)
    }
    if (numbers === null) return refuseKind('numbers at each time', 'a text')
    return x.slice(0, longest).map((row) => {
      if (row.length === numbers.features) return applyScaler(numbers.scaler, Float64Array.from(row))
      return refuseKind(`${counted(row.length, 'number')} at a time`, `${numbers.features} at each`)
    })
  }
}

function refuseKind(is: string, reads: string): never {
  throw new TapeloopError(
    `An example is ${is}, but the model reads ${reads}; give such examples as it learned from.`,
  )
}

function modelOf(
  settings: All,
  { labels, numbers }: FoundClasses,
  tokenizer: Tokenizer | null,
): SequenceClassifier {
  const { hidden, layers, embedding, bidirectional, summary, options } = settings
  return sequenceClassifier({
    cell: cellOf(settings),
    hiddenSize: hidden,
    layers,
    options,
    classes: labels.length,
    bidirectional,
    summary,
    ...(numbers
      ? { inputSize: numbers.features }
      : {
          vocabularySize: knownTokenizer(tokenizer).size,
          ...(embedding > 0 && { embeddingSize: embedding }),
        }),
  })
}

function learnerFrom(
  name: string,
  parts: ExampleParts,
  found: FoundClasses,
  tokenizer: Tokenizer | null,
  settings: All,
): Learner {
  const { batchSize, seed, seqLength } = settings
  const { labels, numbers } = found
  const model = modelOf(settings, found, tokenizer)
  const encode = encoderOf(found, tokenizer, seqLength)
  const encoded = ({ x, label }: LabelledExample) => ({ x: encode(x), y: labels.indexOf(label) })
  const [train, valid, test] = [parts.train, parts.valid, parts.test].map((part) => part.map(encoded))
  const all = parts.train.length + parts.valid.length + parts.test.length
  const what = numbers
    ? `sequences of ${numbers.features} numbers a time`
    : `texts of ${tokenizer!.size} different ${nounOf(tokenizer!)}s`
  const cut = [...parts.train, ...parts.valid, ...parts.test].filter(({ x }) => x.length > seqLength).length
  return learnerOf<
    SequenceClassifierParams,
    Parameters<SequenceClassifier['batch']>[0],
    ReturnType<SequenceClassifier['batch']>,
    Record<never, never>
  >(
    {
      model,
      train: exampleBatches(train!, { batchSize, seed }),
      valid: valid!.length === 0 ? null : exampleBatches(valid!, { batchSize }),
      sample: async (params, step) => {
        const shown = pick(parts.valid.length > 0 ? parts.valid : parts.train, step)
        const said = await model.predict(
          params,
          shown.map(({ x }) => encode(x)),
        )
        return said
          .map(({ label, probabilities }, i) => {
            const { x, label: right } = shown[i]!
            const text = typeof x === 'string' ? x.replaceAll(/\s+/g, ' ').slice(0, 40) : `${x.length} times`
            const verdict = labels[label] === right ? '' : `, but it is ${right}`
            return `${text}: ${labels[label]} ${percent(probabilities[label]!)}${verdict}`
          })
          .join('\n')
      },
      ...(test!.length > 0 && {
        test(params: SequenceClassifierParams) {
          const learned = new Set(parts.train.map(({ x }) => x))
          const isNew = parts.test.map(({ x }) => !learned.has(x))
          return evaluateClassifier(model, params, test!, labels, isNew)
        },
      }),
    },
    {
      lines: [
        `${name}: ${counted(all, 'example')} (${what}) of ${counted(labels.length, 'class', 'classes')}: ${listed(labels)}`,
        `${counted(train!.length, 'example')} to train on, ${valid!.length} to validate on, ${test!.length} to test on at the end`,
        ...(cut > 0 ? [`${counted(cut, 'example')} longer than ${seqLength} cut there (--seq-length)`] : []),
      ],
      summary: {
        name,
        examples: all,
        labels,
        trainExamples: train!.length,
        validExamples: valid!.length,
        testExamples: test!.length,
      },
      changes: [],
      batch: { size: batchSize, noun: 'example', text: counted(batchSize, 'example') },
      validation: valid!.length,
      measure,
    },
  )
}

/** Three examples, others from time to time. */
function pick<T>(items: readonly T[], step: number): T[] {
  return [0, 1, 2].slice(0, items.length).map((i) => items[(step * 31 + i * 17) % items.length]!)
}

function listed(labels: readonly string[]): string {
  return labels.length <= 10 ? labels.join(', ') : `${labels.slice(0, 9).join(', ')}, …`
}

const measure: Measure = {
  lossUnit: 'nats',
  loss: ({ loss }) => loss,
  validation({ loss, metrics }) {
    const right = percent(metrics['accuracy'] ?? NaN)
    return {
      short: right,
      long: `${right} right`,
      final: `${right} of the validation examples right (loss ${score(loss)} nats)`,
    }
  },
  json: ({ loss, metrics }) => ({ nats: loss, accuracy: metrics['accuracy'] ?? NaN }),
}
