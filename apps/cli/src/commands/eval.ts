import type { OptionSpecs } from '@tapeloop/layers'
import type { Command } from 'commander'
import { chooseBackend } from '../backend.js'
import { addFlags, valuesOf, whole } from '../flags/specs.js'
import type { Shell } from '../shell.js'
import { openSource } from '../sources/source.js'
import { liveLine } from '../terminal/live-line.js'
import { loadModel } from '../training/run-folder.js'
import { machine, machineDefaults, wide as wideSpec } from '../training/settings.js'

const evalSettings = {
  lanes: whole(
    1,
    1,
    'read a text in so many parts side by side: faster, but each begins without knowing what was before',
  ),
  wide: wideSpec,
} as const satisfies OptionSpecs

interface EvalFlags extends Readonly<Record<string, unknown>> {
  readonly checkpoint: string
  readonly json?: true
}

/** `tapeloop eval`: how good a trained model is on other data. */
export function addEval(program: Command, { output, input }: Shell): void {
  const command = program
    .command('eval')
    .summary('measure how good a model is')
    .description(
      'Reads data with the model in a folder, and says how well it predicts them. Of a text: how surprising each ' +
        'character was on average; characters that the model does not know are left out: they count nowhere, and it is ' +
        'said how many they were.',
    )
    .argument('<folder>', 'a folder that was trained in')
    .argument('<files...>', 'data of the kind that the model was trained on')
    .option(
      '--checkpoint <name>',
      'which weights: last, best, or the name of a checkpoint or kept model',
      'last',
    )
    .option('--json', 'write one JSON object')
  addFlags(command, evalSettings)
  addFlags(command, machine, { defaults: machineDefaults })
  command.action(async (folder: string, files: readonly string[], flags: EvalFlags) => {
    const { lanes, wide } = valuesOf(evalSettings, flags)
    const backend = await chooseBackend(output, wide, valuesOf(machine, flags).threads)
    const { trained } = await loadModel(folder, flags.checkpoint)
    const source = await openSource(files, input)
    const live = output.isTerminal && !flags.json ? liveLine(output) : null
    const progress = (done: number, total: number) =>
      live?.show(() => `reading ${Math.floor((100 * done) / total)} %`)
    const result = await trained.evaluate(source, { backend, lanes, progress })
    live?.clear()
    if (flags.json) return output.write(`${JSON.stringify(result.json)}\n`)
    return output.write(
      result
        .lines(output.style)
        .map((line) => `${line}\n`)
        .join(''),
    )
  })
}
