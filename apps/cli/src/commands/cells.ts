import { countParams, resolveOptions, type OptionSpec, type OptionSpecs } from '@tapeloop/layers'
import type { Command } from 'commander'
import { registry } from '../flags/cell-options.js'
import { addFlags, flagOf, listOf } from '../flags/specs.js'
import { count } from '../terminal/numbers.js'
import type { Output } from '../terminal/output.js'
import { table } from '../terminal/table.js'

const sizes = {
  inputSize: {
    type: 'number',
    default: 128,
    min: 1,
    integer: true,
    doc: 'numbers that come in at each step',
  },
  hidden: { type: 'number', default: 128, min: 1, integer: true, doc: 'units' },
} as const satisfies OptionSpecs

interface CellsFlags {
  readonly inputSize?: number
  readonly hidden?: number
  readonly json?: true
}

/** `tapeloop cells`: what is in the registry. */
export function addCells(program: Command, output: Output): void {
  const command = program
    .command('cells')
    .summary('list the recurrent cells')
    .description('Lists the recurrent cells there are: their names, options, and parameters of one layer.')
    .option('--json', 'write one JSON array')
  addFlags(command, sizes)
  command.action((flags: CellsFlags) => {
    const inputSize = flags.inputSize ?? sizes.inputSize.default
    const hiddenSize = flags.hidden ?? sizes.hidden.default
    const cells = Object.values(registry).map((cell) => {
      const options = resolveOptions(cell.name, cell.options, {})
      const parameters = countParams(cell.params({ inputSize, hiddenSize }, options))
      const { name, title, cite } = cell
      return { name, title, parameters, inputSize, hiddenSize, cite, options: cell.options }
    })
    if (flags.json) return output.write(`${JSON.stringify(cells)}\n`)
    const rows = cells.map(({ name, parameters, title }) => [name, count(parameters), title])
    const lines = [
      ...table(['cell', 'parameters', 'title'], rows, { alignRight: [1], style: output.style }),
      '',
      output.style.dim(
        `parameters of one layer: ${inputSize} numbers in, ${hiddenSize} units (--input-size, --hidden)`,
      ),
      '',
      ...cells.flatMap(({ name, options }) => [output.style.bold(name), ...optionLines(options)]),
    ]
    return output.write(lines.map((line) => `${line}\n`).join(''))
  })
}

function optionLines(options: OptionSpecs): string[] {
  return Object.entries(options).map(([name, spec]) => `  ${shown(name, spec).padEnd(26)} ${described(spec)}`)
}

function shown(name: string, spec: OptionSpec): string {
  const flag = flagOf(name)
  if (spec.type === 'boolean') return spec.default ? flag.replace('--', '--no-') : flag
  return `${flag} ${String(spec.default)}`
}

function described(spec: OptionSpec): string {
  if (spec.type === 'choice') return `${spec.doc}: ${listOf(spec.choices)}`
  return spec.type === 'boolean' && spec.default ? `do not ${spec.doc}` : spec.doc
}
