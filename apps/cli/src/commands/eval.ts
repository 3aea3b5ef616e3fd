import { TapeloopError } from '@tapeloop/core'
import { bitsPerCharacter } from '@tapeloop/tapeloop'
import { readText } from '@tapeloop/data/node'
import type { OptionSpecs } from '@tapeloop/layers'
import type { Command } from 'commander'
import { chooseBackend } from '../backend.js'
import type { Shell } from '../shell.js'
import { addFlags, valuesOf, whole } from '../flags/specs.js'
import { count, counted, score } from '../terminal/numbers.js'
import { liveLine } from '../terminal/live-line.js'
import { describeChanges } from '../training/corpus.js'
import { loadModel } from '../training/run-folder.js'
import { machine, machineDefaults, wide as wideSpec } from '../training/settings.js'

const evalSettings = {
  lanes: whole(
    1,
    1,
    'read the text in so many parts side by side: faster, but each begins without knowing what was before',
  ),
  wide: wideSpec,
} as const satisfies OptionSpecs

interface EvalFlags extends Readonly<Record<string, unknown>> {
  readonly json?: true
}

/** `tapeloop eval`: how well a trained model predicts a text. */
export function addEval(program: Command, { output }: Shell): void {
  const command = program
    .command('eval')
    .summary('measure how well a model predicts a text')
    .description(
      'Reads a text with the model in a folder, and says how surprising each character was on average. Characters that ' +
        'the model does not know are left out: they count nowhere, and it is said how many they were.',
    )
    .argument('<folder>', 'a folder that was trained in')
    .argument('<file>', 'a text in UTF-8')
    .option('--json', 'write one JSON object')
  addFlags(command, evalSettings)
  addFlags(command, machine, { defaults: machineDefaults })
  command.action(async (folder: string, file: string, flags: EvalFlags) => {
    const { lanes, wide } = valuesOf(evalSettings, flags)
    const backend = await chooseBackend(output, wide, valuesOf(machine, flags).threads)
    const { model, params, tokenizer } = await loadModel(folder)
    const { text, changes } = await readText(file)
    const { ids, unknown } = tokenizer.encode(text, { skipUnknown: true })
    if (ids.length < 2) {
      throw new TapeloopError(
        `"${file}" has ${counted(ids.length, 'character')} that the model knows (and ${count(unknown)} others), ` +
          'but 2 are needed; give a longer text.',
      )
    }
    const live = output.isTerminal && !flags.json ? liveLine(output) : null
    const { nats, perplexity, tokens } = await model.evaluate(params, ids, {
      backend,
      batchSize: lanes,
      progress: (done, total) => live?.show(() => `reading ${Math.floor((100 * done) / total)} %`),
    })
    live?.clear()
    const bits = bitsPerCharacter(nats)
    if (flags.json) {
      const result = {
        nats,
        bitsPerCharacter: bits,
        perplexity,
        characters: tokens,
        unknownCharacters: unknown,
      }
      output.write(`${JSON.stringify(result)}\n`)
      return
    }
    const lines = [
      `${output.style.bold(`${score(bits)} bits per character`)} (${score(nats)} nats), perplexity ${score(perplexity)}`,
      `${counted(tokens, 'character')} of "${file}" predicted, each from all before it`,
      ...describeChanges(changes),
      ...unknownLines(unknown, ids.length),
    ]
    output.write(lines.map((line) => `${line}\n`).join(''))
  })
}

function unknownLines(unknown: number, known: number): string[] {
  if (unknown === 0) return []
  const percent = (100 * unknown) / (unknown + known)
  return [
    `${counted(unknown, 'character')} (${percent < 0.1 ? 'less than 0.1' : percent.toFixed(1)} %) the model does not know ` +
      `${unknown === 1 ? 'was' : 'were'} left out, and count${unknown === 1 ? 's' : ''} nowhere`,
  ]
}
