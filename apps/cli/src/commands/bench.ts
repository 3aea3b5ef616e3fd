import { characters, contiguousBatches } from '@tapeloop/data'
import { cellNamed } from '@tapeloop/layers'
import { adam, fit, languageModel, randomKey, type Backend } from '@tapeloop/tapeloop'
import type { Command } from 'commander'
import { chooseBackend } from '../backend.js'
import { addFlags, valuesOf, whole, type SettingSpecs } from '../flags/specs.js'
import { mobyDickText } from '../moby-dick.js'
import type { Shell } from '../shell.js'
import { rate } from '../terminal/numbers.js'
import { table } from '../terminal/table.js'
import { commonSettings, machine, machineDefaults, settings } from '../training/settings.js'

const benchSettings = {
  cell: settings.cell,
  hidden: commonSettings.hidden,
  layers: commonSettings.layers,
  seqLength: commonSettings.seqLength,
  batchSize: commonSettings.batchSize,
  seconds: { ...whole(1, 3, 'how long each part is measured'), max: 600 },
} as const satisfies SettingSpecs

/** `tapeloop bench`: how fast this machine is, with the model that `train` makes unless told otherwise. */
export function addBench(program: Command, { output }: Shell): void {
  const command = program
    .command('bench')
    .summary('measure how fast this machine trains and writes')
    .description(
      'Trains the model that train makes unless told otherwise on a part of Moby-Dick for a few seconds, then lets it write. Nothing ' +
        'is kept. Speeds are in characters a second.',
    )
    .option('--json', 'write one JSON object')
  addFlags(command, benchSettings)
  addFlags(command, machine, { defaults: machineDefaults })
  command.action(async (flags: { readonly json?: true } & Readonly<Record<string, unknown>>) => {
    const chosen = valuesOf(benchSettings, flags)
    const { threads } = valuesOf(machine, flags)
    const backend = await chooseBackend(output, true, threads)
    const speeds = await measure(chosen, backend)
    if (flags.json) {
      return output.write(`${JSON.stringify({ ...chosen, threads, backend: backend.name, ...speeds })}\n`)
    }
    const rows = [
      ['train', rate(speeds.trainCharactersPerSecond)],
      ['write', rate(speeds.sampleCharactersPerSecond)],
    ]
    const { cell, layers, hidden, batchSize, seqLength } = chosen
    const lines = [
      `${cell} ${layers} × ${hidden}, batches of ${batchSize} × ${seqLength} characters; on ${backend.name}, ${threads} thread${threads === 1 ? '' : 's'}`,
      ...table(['', 'characters/s'], rows, { alignRight: [1], style: output.style }),
    ]
    return output.write(lines.map((line) => `${line}\n`).join(''))
  })
}

/** Steps before the first that counts: everything is compiled in them. */
const warmup = 3

async function measure(
  { cell, hidden, layers, seqLength, batchSize, seconds }: ReturnType<typeof valuesOf<typeof benchSettings>>,
  backend: Backend,
) {
  const text = mobyDickText().slice(0, Math.max(200_000, 4 * batchSize * seqLength))
  const tokenizer = characters.train(text)
  const model = languageModel({
    cell: cellNamed(cell),
    vocabularySize: tokenizer.size,
    hiddenSize: hidden,
    layers,
  })
  const data = contiguousBatches(tokenizer.encode(text).ids, { batchSize, seqLength })
  let [spent, steps] = [0, 0]
  for await (const event of fit(model, {
    data,
    optimizer: adam({ learningRate: 1e-3 }),
    steps: 1e9,
    backend,
  })) {
    if (event.type !== 'step' || event.step <= warmup) continue
    spent += event.seconds
    steps++
    if (spent >= seconds) break
  }
  const params = model.init(randomKey(1))
  const sampler = model.sampler({ backend })
  const draw = async (length: number) => {
    const began = performance.now()
    for await (const _ of sampler.tokens(params, [0], { length }));
    return (performance.now() - began) / 1000
  }
  const length = 511
  await draw(length)
  let [drawn, drawing] = [0, 0]
  while (drawing < seconds / 2) {
    drawing += await draw(length)
    drawn += length
  }
  return {
    parameters: model.parameters,
    trainCharactersPerSecond: (steps * batchSize * seqLength) / spent,
    sampleCharactersPerSecond: drawn / drawing,
  }
}
