import {
  countParams,
  registeredCells,
  resolveOptions,
  type OptionSpec,
  type OptionSpecs,
} from '@tapeloop/layers'
import type { Command } from 'commander'
import type { Shell } from '../shell.js'
import { allCellOptions, ownersOf } from '../flags/cell-options.js'
import { addFlags, flagOf, listOf, valuesOf, whole } from '../flags/specs.js'
import { count } from '../terminal/numbers.js'
import { wrapped } from '../terminal/output.js'
import { table } from '../terminal/table.js'

const sizes = {
  inputSize: whole(1, 128, 'numbers that come in at each step'),
  hidden: whole(1, 128, 'units'),
} as const satisfies OptionSpecs

interface CellsFlags extends Readonly<Record<string, unknown>> {
  readonly json?: true
}

/** `tapeloop cells`: what is in the registry. */
export function addCells(program: Command, { output }: Shell): void {
  const command = program
    .command('cells')
    .summary('list the recurrent cells')
    .description('Lists the recurrent cells there are: their names, options, and parameters of one layer.')
    .option('--json', 'write one JSON array')
  addFlags(command, sizes)
  command.action((flags: CellsFlags) => {
    const { inputSize, hidden: hiddenSize } = valuesOf(sizes, flags)
    const cells = [...registeredCells.values()].map((cell) => {
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
      ...optionLines(output.columns()),
    ]
    return output.write(lines.map((line) => `${line}\n`).join(''))
  })
}

/** Every option, what it does, and which cells have it. */
function optionLines(columns: number): string[] {
  const specs = allCellOptions()
  const owners = ownersOf(specs)
  const flags = Object.entries(specs).map(([name, spec]) => [name, shown(name, spec)] as const)
  const margin = Math.max(...flags.map(([, flag]) => flag.length)) + 4
  return flags.flatMap(([name, flag]) => {
    const note = owners[name] === '' ? '' : ` (${owners[name]})`
    const [first = '', ...rest] = wrapped(described(specs[name]!) + note, Math.max(20, columns - margin))
    return [`  ${flag.padEnd(margin - 2)}${first}`, ...rest.map((row) => ' '.repeat(margin) + row)]
  })
}

/** The flag that changes something. */
function shown(name: string, spec: OptionSpec): string {
  const flag = flagOf(name)
  if (spec.type === 'boolean') return spec.default ? flag.replace('--', '--no-') : flag
  return `${flag} ${String(spec.default)}`
}

function described(spec: OptionSpec): string {
  if (spec.type === 'choice') return `${spec.doc}: ${listOf(spec.choices)}`
  return spec.type === 'boolean' && spec.default ? `do not ${spec.doc}` : spec.doc
}
