import { setImmediate } from 'node:timers/promises'
import { TapeloopError } from '@tapeloop/core'
import type { Tokenizer } from '@tapeloop/data'
import type { Command } from 'commander'
import { chooseBackend } from '../backend.js'
import { refuseUsage } from '../errors.js'
import { addFlags, listOf, valuesOf, whole, type SettingSpecs } from '../flags/specs.js'
import type { Shell } from '../shell.js'
import { printable } from '../terminal/output.js'
import { loadModel } from '../training/run-folder.js'
import { wide as wideSpec } from '../training/settings.js'
import { continuations, type Drawing } from '../writing/continuations.js'
import { writeTogether } from '../writing/interactive.js'

const sampleSettings = {
  length: whole(0, 500, 'characters to write, or other tokens where the model has such'),
  temperature: {
    type: 'number',
    default: 0.8,
    min: 0,
    doc: 'below 1 what is likely becomes likelier, 0 always takes the likeliest',
  },
  topK: whole(0, 0, 'choose among so many of the likeliest; 0 for all'),
  topP: {
    type: 'number',
    default: 1,
    min: 0.0001,
    max: 1,
    doc: 'choose among the fewest that are together as likely as this',
  },
  repetitionPenalty: {
    type: 'number',
    default: 1,
    min: 0.0001,
    doc: 'above 1 what was there before becomes less likely',
  },
  beam: whole(0, 0, 'look for the likeliest texts, following so many at a time; 0 to draw them'),
  count: { ...whole(1, 1, 'how many texts to write'), max: 10_000 },
  seed: whole(0, 1, 'the same seed writes the same text'),
  // slower, where one character after the other is computed
  wide: { ...wideSpec, default: false },
} as const satisfies SettingSpecs

interface SampleFlags extends Readonly<Record<string, unknown>> {
  readonly prime: string
  readonly stop: readonly string[]
  readonly checkpoint: string
  readonly new?: true
  readonly interactive?: true
}

/** `tapeloop sample`: lets a trained model write. */
export function addSample(program: Command, { output, input }: Shell): void {
  const command = program
    .command('sample')
    .summary('let a trained model write')
    .description('Writes a text as the model in a folder would, character by character.')
    .argument('<folder>', 'a folder that was trained in')
    .option('--prime <text>', 'a beginning for the model to go on from', '')
    .option(
      '--stop <text>',
      'end before this; may be given several times',
      (text, all: string[]) => [...all, text],
      [],
    )
    .option('--new', 'of a list, only what is none of its lines')
    .option('--interactive', 'choose each token among the likeliest ones, or type')
    .option(
      '--checkpoint <name>',
      'which weights: last, best, or the name of a checkpoint or kept model',
      'last',
    )
  addFlags(command, sampleSettings)
  command.action(async (folder: string, flags: SampleFlags) => {
    const settings = valuesOf(sampleSettings, flags)
    if (flags.stop.includes('')) refuseUsage('--stop is empty; give the text to end before.')
    await chooseBackend(output, settings.wide)
    const { trained, config } = await loadModel(folder, flags.checkpoint)
    const { writer } = trained
    if (writer === null) {
      throw new TapeloopError(
        `"${folder}" learned to ${config.task}, not to write; use predict for what it says of data.`,
      )
    }
    const { prime } = flags
    checkPrimer(prime, writer.tokenizer)
    if (flags.interactive) return writeTogether(writer, { prime, output, input })
    const drawing: Drawing = {
      ...settings,
      primer: prime,
      stops: flags.stop,
      known: flags.new ? await writer.learned() : null,
    }
    if (flags.new && drawing.known === null) {
      refuseUsage(`--new is given, but "${folder}" learned one text and no list of lines; leave it out.`)
    }
    const show = (text: string) => output.write(output.isTerminal ? printable(text) : text)
    for await (const text of continuations(writer, drawing)) {
      show(prime)
      for await (const piece of text) {
        show(piece)
        // promises alone would never let the news through that nobody reads any more
        await setImmediate()
        if (output.closed.aborted) return
      }
      output.write('\n')
    }
  })
}

/** Refuses a primer that the model cannot read, before anything is written. */
function checkPrimer(prime: string, tokenizer: Tokenizer): void {
  if (tokenizer.special.unknown !== undefined || tokenizer.encode(prime, { skipUnknown: true }).unknown === 0)
    return
  const strange = [...prime].filter(
    (character) => tokenizer.encode(character, { skipUnknown: true }).unknown > 0,
  )
  const names = [...new Set(strange)].map((character) => JSON.stringify(character))
  refuseUsage(`--prime has ${listOf(names, 'and')}, which the model has never seen; leave it out.`)
}
