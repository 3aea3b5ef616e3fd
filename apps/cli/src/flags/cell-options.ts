import { registeredCells, type Cell, type OptionSpec, type OptionSpecs } from '@tapeloop/layers'
import { refuseUsage } from '../errors.js'
import { flagOf, listOf } from './specs.js'

/** The names of all cells, those of the user included. */
export const cellNames = (): string[] => [...registeredCells.keys()]

/** The options of all cells, each once: where cells share a name, they share the meaning, for a flag is one thing. */
export function allCellOptions(): OptionSpecs {
  const all: Record<string, OptionSpec> = {}
  for (const { options } of registeredCells.values())
    for (const [name, spec] of Object.entries(options)) all[name] ??= spec
  return all
}

/** For each option the cells that have it, in words; nothing where all do. */
export function ownersOf(specs: OptionSpecs): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(specs).map((name) => [name, ownersOfOne(name)]))
}

function ownersOfOne(option: string): string {
  const has = ({ options }: Cell) => Object.hasOwn(options, option)
  const all = [...registeredCells.values()]
  const named = (cells: readonly Cell[], word: string) =>
    listOf(
      cells.map(({ name }) => name),
      word,
    )
  const [owners, others] = [all.filter(has), all.filter((cell) => !has(cell))]
  if (others.length === 0) return ''
  return others.length < owners.length ? `not of ${named(others, 'or')}` : `of ${named(owners, 'and')}`
}

/** Refuses options that none of the cells has, naming those there are. */
export function checkCellOptions(chosen: readonly Cell[], given: Readonly<Record<string, unknown>>): void {
  const known = [...new Set(chosen.flatMap((cell) => Object.keys(cell.options)))]
  const strange = Object.keys(given).find((name) => !known.includes(name))
  if (strange === undefined) return
  const names = listOf(chosen.map((cell) => cell.name))
  const has = known.length === 0 ? 'there are none' : `there are ${listOf(known.map(flagOf), 'and')}`
  refuseUsage(`${flagOf(strange)} is no option of ${names}; ${has}.`)
}

/** Of options given for several cells, those that one cell has. */
export function optionsFor(
  cell: Cell,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, never>> {
  const own = Object.entries(given).filter(([name]) => Object.hasOwn(cell.options, name))
  return Object.fromEntries(own) as Record<string, never>
}
