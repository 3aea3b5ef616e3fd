import { formatCsvRow } from '@tapeloop/data'
import type { Command } from 'commander'
import { chooseBackend } from '../backend.js'
import { refuseUsage } from '../errors.js'
import { addFlags, valuesOf } from '../flags/specs.js'
import type { Shell } from '../shell.js'
import { rowsOf } from '../sources/rows.js'
import { openSource } from '../sources/source.js'
import type { Row } from '../tasks/task.js'
import { loadModel } from '../training/run-folder.js'
import { machine, machineDefaults } from '../training/settings.js'

interface PredictFlags extends Readonly<Record<string, unknown>> {
  readonly checkpoint: string
}

/** `tapeloop predict`: what a trained model says of the rows of a table. */
export function addPredict(program: Command, { output, input }: Shell): void {
  const command = program
    .command('predict')
    .summary('say of each row what the model predicts')
    .description(
      'Reads CSV or JSON Lines and writes the same with what the model in a folder predicts of each row. A classifier adds ' +
        'prediction and probability. A forecaster adds rows for the times to come, with forecast; without a file it goes on from ' +
        'what it learned. A language model adds bitsPerCharacter and next, the likeliest next token.',
    )
    .argument('<folder>', 'a folder that was trained in')
    .argument('[file]', 'a table in CSV or JSON Lines, or - for standard input')
    .option(
      '--checkpoint <name>',
      'which weights: last, best, or the name of a checkpoint or kept model',
      'last',
    )
  addFlags(command, machine, { defaults: machineDefaults })
  command.action(async (folder: string, file: string | undefined, flags: PredictFlags) => {
    await chooseBackend(output, false, valuesOf(machine, flags).threads)
    const { trained, config } = await loadModel(folder, flags.checkpoint)
    if (file === undefined && config.task !== 'forecast') {
      refuseUsage(
        `"${folder}" is no forecaster, so there are no rows to predict from; name a file, or - for standard input.`,
      )
    }
    const bytes = file === undefined ? null : await (await openSource([file], input)).files[0]!.bytes()
    const { rows, asJson } = bytes === null ? { rows: none(), asJson: false } : await rowsOf(bytes)
    let names: readonly string[] | null = null
    for await (const row of trained.predict(rows)) {
      if (output.closed.aborted) return
      if (asJson) {
        output.write(`${JSON.stringify(row)}\n`)
        continue
      }
      if (names === null) output.write(`${formatCsvRow((names = Object.keys(row)))}\n`)
      output.write(`${formatCsvRow(names.map((name) => cell(row[name])))}\n`)
    }
  })
}

async function* none(): AsyncGenerator<Row, void> {}

function cell(value: unknown): string | number {
  if (value === null || value === undefined) return ''
  return typeof value === 'number' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value)
}
