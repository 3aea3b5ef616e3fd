import { compile, oneHot, randomKey, softmax, take, tensor, type Tensor } from '@tapeloop/core'
import { activeUnits, watched, type States, type WatchedLayer } from '@tapeloop/inspect'
import { withOptions } from '@tapeloop/layers'
import { languageModel, type LanguageModel, type LanguageModelParams, type Sampler } from '@tapeloop/models'
import { restoreTree } from '@tapeloop/train'
import { createPace } from '../pace.js'
import { registry } from '../registry.js'
import { sentenceOf } from '../sentence.js'
import { temperatures } from './temperatures.js'
import { nGramScores, type NGramScore } from './n-grams.js'
import { learn, measuredIn, type LearningEvent, type Measured, type Training } from '../learning.js'
import type { TextRun, TextRunConfig } from './run.js'

const sampleLength = 160
/** How much of the text is read aloud: its characters with the state after each. */
const readLength = 360
const likeliest = 5

/** What a network makes of a piece of text, character by character. */
export interface Reading {
  readonly step: number
  readonly text: string
  readonly units: number
  /** the output of the highest layer after each character, `[characters, units]` */
  readonly values: Float32Array
  /** the units whose values vary most, first */
  readonly active: readonly number[]
  /** the likeliest next characters after each character, and how likely they are: `[characters][likeliest]` */
  readonly next: readonly (readonly (readonly [character: string, probability: number])[])[]
}

/** What a training of a text tells. */
export type TextEvent =
  | LearningEvent
  | (Measured & {
      readonly type: 'opened'
      readonly config: TextRunConfig
      readonly vocabulary: number
      readonly parameters: number
      readonly characters: { readonly train: number; readonly valid: number }
      readonly baselines: readonly NGramScore[]
    })
  | { readonly type: 'samples'; readonly step: number; readonly texts: readonly string[] }
  | { readonly type: 'reading'; readonly reading: Reading }
  | {
      readonly type: 'continued'
      readonly id: number
      readonly text: string
      readonly isOver: boolean
      /** why it ended early */
      readonly problem?: string
    }

/** How a text goes on from what a visitor typed. */
export interface Continuation {
  readonly id: number
  readonly primer: string
  readonly temperature: number
  readonly length: number
}

/** A training of a text under way. */
export interface TextTraining extends Training {
  /** Goes on from a primer, told in pieces by `continued`. */
  continue(how: Continuation): Promise<void>
}

/** Orders of n-grams that a loss is compared with, and how much of a long text they count. */
const longestGram = 5
const mostCounted = 250_000
const mostScored = 20_000

/** Trains the network of a run from where it stands. It begins paused. */
export async function trainText(opened: TextRun, emit: (event: TextEvent) => void): Promise<TextTraining> {
  const { run, config, tokenizer, train, valid } = opened
  const model = modelOf(config, tokenizer.size)
  const read = reader(config, tokenizer.size)
  const samplers = new Map<number, Sampler>()
  const samplerAt = (temperature: number): Sampler => {
    const sampler = samplers.get(temperature) ?? model.sampler({ temperature })
    samplers.set(temperature, sampler)
    return sampler
  }
  emit({
    type: 'opened',
    config,
    vocabulary: tokenizer.size,
    parameters: model.parameters,
    characters: { train: train.tokens.length, valid: valid.tokens.length },
    baselines: nGramScores(
      train.tokens.subarray(0, mostCounted),
      valid.tokens.subarray(0, mostScored),
      tokenizer.size,
      longestGram,
    ),
    ...measuredIn(await run.metrics()),
  })

  const saved = await run.latest()
  const template = model.init(randomKey(0))
  /** copies of the newest parameters, which no step takes away */
  let current: LanguageModelParams | null = saved && restoreTree(template, saved.model, 'model.safetensors')
  let step = saved?.state.step ?? 0
  const spoken = valid.tokens.length > readLength ? valid.tokens : train.tokens

  async function look(params: LanguageModelParams): Promise<void> {
    const texts = await Promise.all(
      temperatures.map(async (temperature, seed) => {
        const pieces: string[] = []
        const drawn = samplerAt(temperature).text(params, tokenizer, { length: sampleLength, seed })
        for await (const piece of drawn) pieces.push(piece)
        return pieces.join('')
      }),
    )
    emit({ type: 'samples', step, texts })
    emit({
      type: 'reading',
      reading: await read(params, step, spoken.subarray(0, readLength), (id) => tokenizer.decode([id])),
    })
  }

  const training = learn(
    {
      ...opened,
      model,
      data: train.batches,
      validation: valid.batches && { data: valid.batches, batches: 40 },
      refreshEvery,
      async refreshed(params, at, isDue) {
        step = at
        current = params
        if (isDue) await look(params)
      },
    },
    createPace({ isPaused: true }),
    emit,
  )

  return {
    ...training,
    async continue({ id, primer, temperature, length }) {
      try {
        const params = current ?? template
        const drawn = samplerAt(temperature).text(params, tokenizer, { length, primer, seed: id })
        for await (const text of drawn) emit({ type: 'continued', id, text, isOver: false })
        emit({ type: 'continued', id, text: '', isOver: true })
      } catch (error) {
        emit({ type: 'continued', id, text: '', isOver: true, problem: sentenceOf(error) })
      }
    },
  }
}

/** Parameters are copied so often, in steps, for those who ask between samples. */
const refreshEvery = 10

function modelOf(
  { cell, options, hidden, layers, embedding }: TextRunConfig,
  vocabularySize: number,
): LanguageModel {
  return languageModel({
    cell: registry[cell]!,
    vocabularySize,
    hiddenSize: hidden,
    layers,
    options,
    ...(embedding > 0 && { embeddingSize: embedding }),
  })
}

/** Reads a text with every state seen; compiled once. */
function reader(config: TextRunConfig, vocabularySize: number) {
  const { cell, options, hidden, layers, embedding } = config
  const stack: WatchedLayer[] = []
  for (let below = embedding > 0 ? embedding : vocabularySize; stack.length < layers;) {
    const layer = watched(withOptions(registry[cell]!, options), { inputSize: below, hiddenSize: hidden })
    stack.push(layer)
    below = layer.outputSize
  }
  const look = compile(
    (params: LanguageModelParams, tokens: Tensor) => {
      const table = params.embedding?.table
      let output = table ? take(table, tokens) : oneHot(tokens, vocabularySize)
      const parts = (params.recurrent as unknown as { readonly layers: readonly States[] }).layers
      stack.forEach((layer, i) => (output = layer.apply(parts[i]!, output).output))
      const { kernel, bias } = params.output
      const logits = output.matmul(kernel)
      return { output, probabilities: softmax(bias ? logits.add(bias) : logits) }
    },
    { name: 'reading' },
  )
  return async (
    params: LanguageModelParams,
    step: number,
    ids: Int32Array,
    nameOf: (id: number) => string,
  ): Promise<Reading> => {
    const { output, probabilities } = look(params, tensor(ids, { shape: [1, ids.length] }))
    const values = (await output.data()) as Float32Array
    const all = (await probabilities.data()) as Float32Array
    const units = output.shape[2]!
    return {
      step,
      text: Array.from(ids, nameOf).join(''),
      units,
      values,
      active: activeUnits(values, units).map(({ unit }) => unit),
      next: Array.from(ids, (_, at) => {
        const row = all.subarray(at * vocabularySize, (at + 1) * vocabularySize)
        return Array.from(row, (probability, id) => [id, probability] as const)
          .toSorted(([, a], [, b]) => b - a)
          .slice(0, likeliest)
          .map(([id, probability]) => [nameOf(id), probability] as const)
      }),
    }
  }
}
