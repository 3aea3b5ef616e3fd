import { init } from '@tapeloop/tapeloop'
import type { OptionSpecs } from '@tapeloop/layers'
import type { Command } from 'commander'
import { addFlags } from '../flags/specs.js'
import { printable, type Output } from '../terminal/output.js'
import { loadModel } from '../training/run-folder.js'

const sampleSettings = {
  length: { type: 'number', default: 500, min: 0, integer: true, doc: 'characters to write' },
  temperature: {
    type: 'number',
    default: 0.8,
    min: 0,
    doc: 'below 1 what is likely becomes likelier, 0 always takes the likeliest',
  },
  topK: {
    type: 'number',
    default: 0,
    min: 0,
    integer: true,
    doc: 'choose among so many of the likeliest; 0 for all',
  },
  seed: { type: 'number', default: 1, min: 0, integer: true, doc: 'the same seed writes the same text' },
} as const satisfies OptionSpecs

interface SampleFlags {
  readonly prime: string
  readonly length?: number
  readonly temperature?: number
  readonly topK?: number
  readonly seed?: number
}

/** `tapeloop sample`: lets a trained model write. */
export function addSample(program: Command, output: Output): void {
  const command = program
    .command('sample')
    .summary('let a trained model write')
    .description('Writes a text as the model in a folder would, character by character.')
    .argument('<folder>', 'a folder that was trained in')
    .option('--prime <text>', 'a beginning for the model to go on from', '')
  addFlags(command, sampleSettings)
  command.action(async (folder: string, flags: SampleFlags) => {
    const { prime, topK = sampleSettings.topK.default, ...rest } = flags
    const { length, seed, temperature } = { ...presets(), ...rest }
    const backend = await init()
    const { model, params, tokenizer } = await loadModel(folder)
    const sampler = model.sampler({ temperature, backend, ...(topK > 0 && { topK }) })
    const show = (text: string) => output.write(output.isTerminal ? printable(text) : text)
    // a primer that the model does not know is refused before anything is written
    if (prime !== '') tokenizer.encode(prime)
    show(prime)
    for await (const piece of sampler.text(params, tokenizer, { length, seed, primer: prime })) {
      if (output.closed.aborted) return
      show(piece)
    }
    output.write('\n')
  })
}

function presets() {
  const { length, temperature, seed } = sampleSettings
  return { length: length.default, temperature: temperature.default, seed: seed.default }
}
