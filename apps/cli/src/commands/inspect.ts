import { join } from 'node:path'
import { TapeloopError } from '@tapeloop/core'
import { fileStorage } from '@tapeloop/formats/node'
import type { OptionSpecs } from '@tapeloop/layers'
import type { Command } from 'commander'
import { chooseBackend } from '../backend.js'
import { addFlags, valuesOf, whole } from '../flags/specs.js'
import { inspectionPage } from '../inspect/page.js'
import { inspectText } from '../inspect/text-subject.js'
import type { Shell } from '../shell.js'
import { openSource, wholeText } from '../sources/source.js'
import { taskNamed } from '../tasks/index.js'
import { counted } from '../terminal/numbers.js'
import { cellOf } from '../training/optimizer.js'
import { loadModel } from '../training/run-folder.js'
import { machine, machineDefaults, wide as wideSpec } from '../training/settings.js'
import { addExamples } from './examples.js'

const inspectSettings = {
  length: { ...whole(2, 400, 'tokens of the text, from its end, that are looked at'), max: 5000 },
  units: whole(1, 6, 'how many of the most active units are shown, of each layer'),
  wide: wideSpec,
} as const satisfies OptionSpecs

const files = { page: 'inspection.html', data: 'inspection.json' }

interface InspectFlags extends Readonly<Record<string, unknown>> {
  readonly out?: string
  readonly checkpoint: string
}

/** `tapeloop inspect`: what a trained model does inside while it reads a text. */
export function addInspect(program: Command, { output, input }: Shell): void {
  const command = program
    .command('inspect')
    .summary('look inside a trained language model')
    .description(
      'Reads a text with the model in a folder, and writes a page that needs no network: what surprised the model, why it ' +
        'expected the last token, how far back its gradient reaches, how its gates work, and what its most active units ' +
        `follow. ${files.data} has the same as numbers.`,
    )
    .argument('<folder>', 'a folder that was trained in')
    .argument('<files...>', 'a text of the kind that the model was trained on')
    .option('-o, --out <folder>', `where to write ${files.page} and ${files.data} (the folder of the model)`)
    .option(
      '--checkpoint <name>',
      'which weights: last, best, or the name of a checkpoint or kept model',
      'last',
    )
  addFlags(command, inspectSettings)
  addExamples(command, [['inspect runs/book book.txt', 'runs/book/inspection.html explains the model']])
  addFlags(command, machine, { defaults: machineDefaults })
  command.action(async (folder: string, names: readonly string[], flags: InspectFlags) => {
    const { length, units, wide } = valuesOf(inspectSettings, flags)
    const { trained, config } = await loadModel(folder, flags.checkpoint)
    const { writer } = trained
    if (writer === null) {
      throw new TapeloopError(
        `"${folder}" holds ${taskNamed(config.task).title}; inspect looks into language models.`,
      )
    }
    const { text } = await wholeText(await openSource(names, input))
    const { ids } = writer.tokenizer.encode(text, { skipUnknown: true })
    if (ids.length < 2) {
      throw new TapeloopError(
        `The text has ${counted(ids.length, 'token')} that the model knows, but 2 are needed; give a longer text.`,
      )
    }
    const backend = await chooseBackend(output, wide, valuesOf(machine, flags).threads)
    const { cell: name, hidden: hiddenSize, options, layers } = config
    const subject = { ...writer, cell: cellOf(config), options, hiddenSize }
    const shown = ids.subarray(-length)
    const inspection = await inspectText(subject, { shown, source: ids }, { backend, units })
    const tokens = Array.from(shown, (id) => writer.tokenizer.decode([id]))
    const about = `${counted(layers, 'layer')} of ${name} with ${counted(hiddenSize, 'unit')}, ${counted(writer.model.parameters, 'parameter')}, from "${folder}".`
    const storage = fileStorage(flags.out ?? folder)
    const write = (file: string, content: string) => storage.replace(file, new TextEncoder().encode(content))
    await write(files.data, `${JSON.stringify({ model: folder, tokens, ...inspection })}\n`)
    await write(files.page, inspectionPage({ about, tokens, inspection }))
    output.write(`${join(flags.out ?? folder, files.page)} shows it, ${files.data} has the numbers.\n`)
  })
}
