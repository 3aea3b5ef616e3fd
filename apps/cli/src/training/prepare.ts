import { characters, type TextChange } from '@tapeloop/data'
import { cellNamed } from '@tapeloop/layers'
import type { LanguageModel } from '@tapeloop/models'
import { commandLine } from '../command-line.js'
import { refuseUsage } from '../errors.js'
import { checkCellOptions } from '../flags/cell-options.js'
import { defaultsOf, listOf } from '../flags/specs.js'
import { checkFits, differences, modelOf, type RunConfig } from './config.js'
import { cutText, readCorpus, type Corpus, type TextData } from './corpus.js'
import { beginRun, checkVacant, reopenRun, textOf, type OpenedRun } from './run-folder.js'
import { defaultSteps, defaultValidEvery, settings, type Settings, type StepSettings } from './settings.js'

/** A training that is ready to begin or to go on. */
export interface Prepared extends OpenedRun {
  readonly out: string
  readonly model: LanguageModel
  readonly data: TextData
  /** of the text, in characters */
  readonly length: number
  /** what decoding the text changed */
  readonly changes: readonly TextChange[]
}

/**
 * Prepares a new training, in a folder that is not there or empty.
 *
 * @throws where the folder is taken, the text cannot be used, or settings do not go together
 */
export async function prepareNew(
  out: string,
  file: string | undefined,
  given: Partial<Settings & StepSettings>,
  options: RunConfig['options'],
): Promise<Prepared> {
  if (given.steps !== undefined && given.epochs !== undefined) {
    refuseUsage('--steps and --epochs are both given; give one of them.')
  }
  const chosen: Settings = { ...defaultsOf(settings), ...given }
  checkCellOptions([cellNamed(chosen.cell)], options)
  await checkVacant(out)
  const corpus = await readCorpus(file)
  const tokenizer = characters.train(corpus.text)
  const data = cutText(corpus, tokenizer, chosen)
  const config: RunConfig = { ...plan(chosen, given, data), text: corpus.name, options }
  const model = modelOf(config, tokenizer.size)
  checkFits(model.parameters)
  const command = commandLine(...process.argv.slice(2))
  const opened = await beginRun(out, corpus, config, tokenizer, command)
  return { ...opened, out, model, data, length: lengthOf(data), changes: corpus.changes }
}

/** Settles what depends on the length of the text. */
function plan(chosen: Settings, given: Partial<StepSettings>, { train, validCharacters }: TextData) {
  const { batchesPerEpoch } = train
  const { epochs } = given
  const steps =
    epochs === undefined ? (given.steps ?? defaultSteps(batchesPerEpoch)) : epochs * batchesPerEpoch
  return {
    ...chosen,
    steps,
    ...(epochs !== undefined && { epochs }),
    validEvery:
      given.validEvery ?? defaultValidEvery(steps, chosen.batchSize * chosen.seqLength, validCharacters),
    sampleEvery: given.sampleEvery ?? Math.ceil(steps / 5),
  }
}

/**
 * Prepares to go on with a training, with the text and the settings that are in its folder.
 *
 * @param given what the user names again; it must be what the folder says
 * @throws one sentence with all differences, or where the folder holds no whole run
 */
export async function prepareResumed(
  out: string,
  file: string | undefined,
  given: Readonly<Record<string, unknown>>,
): Promise<Prepared> {
  const opened = await reopenRun(out)
  const different = differences(opened.config, given).map(
    ({ flag, saved, given }) =>
      `${flag} ${String(given)} (it is ${saved === undefined ? 'not set' : String(saved)})`,
  )
  if (different.length > 0) {
    refuseUsage(
      `"${out}" was started with other settings than ${listOf(different, 'and')}; leave them out to go on, ` +
        'or start anew in another --out.',
    )
  }
  const corpus = await textOf(opened)
  if (file !== undefined) await checkSameText(out, file, corpus)
  const data = cutText(corpus, opened.tokenizer, opened.config)
  const model = modelOf(opened.config, opened.tokenizer.size)
  return { ...opened, out, model, data, length: lengthOf(data), changes: [] }
}

async function checkSameText(out: string, file: string, saved: Corpus): Promise<void> {
  const { text } = await readCorpus(file)
  if (text === saved.text) return
  refuseUsage(
    `"${file}" is not the text that "${out}" was started with (${saved.name}, kept in the folder); ` +
      'leave the file out to go on, or start anew in another --out.',
  )
}

function lengthOf({ trainCharacters, validCharacters }: TextData): number {
  return trainCharacters + validCharacters
}
