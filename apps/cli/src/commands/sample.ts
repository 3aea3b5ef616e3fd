import { setImmediate } from 'node:timers/promises'
import type { Tokenizer } from '@tapeloop/data'
import type { OptionSpecs } from '@tapeloop/layers'
import type { Command } from 'commander'
import { chooseBackend } from '../backend.js'
import type { Shell } from '../shell.js'
import { refuseUsage } from '../errors.js'
import { addFlags, listOf, valuesOf, whole } from '../flags/specs.js'
import { printable } from '../terminal/output.js'
import { loadModel } from '../training/run-folder.js'
import { wide as wideSpec } from '../training/settings.js'

const sampleSettings = {
  length: whole(0, 500, 'characters to write'),
  temperature: {
    type: 'number',
    default: 0.8,
    min: 0,
    doc: 'below 1 what is likely becomes likelier, 0 always takes the likeliest',
  },
  topK: whole(0, 0, 'choose among so many of the likeliest; 0 for all'),
  seed: whole(0, 1, 'the same seed writes the same text'),
  // slower, where one character after the other is computed
  wide: { ...wideSpec, default: false },
} as const satisfies OptionSpecs

interface SampleFlags extends Readonly<Record<string, unknown>> {
  readonly prime: string
}

/** `tapeloop sample`: lets a trained model write. */
export function addSample(program: Command, { output }: Shell): void {
  const command = program
    .command('sample')
    .summary('let a trained model write')
    .description('Writes a text as the model in a folder would, character by character.')
    .argument('<folder>', 'a folder that was trained in')
    .option('--prime <text>', 'a beginning for the model to go on from', '')
  addFlags(command, sampleSettings)
  command.action(async (folder: string, flags: SampleFlags) => {
    const { prime } = flags
    const { length, seed, temperature, topK, wide } = valuesOf(sampleSettings, flags)
    const backend = await chooseBackend(output, wide)
    const { trained } = await loadModel(folder)
    const writer = trained.writer!
    const { model, params, tokenizer } = writer
    const sampler = model.sampler({ temperature, backend, ...(topK > 0 && { topK }) })
    const show = (text: string) => output.write(output.isTerminal ? printable(text) : text)
    checkPrimer(prime, tokenizer)
    show(prime)
    for await (const piece of sampler.text(params, tokenizer, { length, seed, primer: prime })) {
      show(piece)
      // promises alone would never let the news through that nobody reads any more
      await setImmediate()
      if (output.closed.aborted) return
    }
    output.write('\n')
  })
}

/** Refuses a primer that the model cannot read, before anything is written. */
function checkPrimer(prime: string, tokenizer: Tokenizer): void {
  const strange = [...prime].filter(
    (character) => tokenizer.encode(character, { skipUnknown: true }).unknown > 0,
  )
  if (strange.length === 0) return
  const names = [...new Set(strange)].map((character) => JSON.stringify(character))
  refuseUsage(`--prime has ${listOf(names, 'and')}, which the model has never seen; leave it out.`)
}
