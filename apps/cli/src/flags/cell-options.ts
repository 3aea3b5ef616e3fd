import { cells, type Cell, type CellName, type OptionSpec, type OptionSpecs } from '@tapeloop/layers'
import { refuseUsage } from '../errors.js'
import { flagOf, listOf } from './specs.js'

const known: Record<string, Cell> = { ...cells }

/** The registry, seen without what tells one cell from another, and cells of the user. */
export const registry: Readonly<Record<string, Cell>> = known

/** The names of the registry, in its order. */
export const cellNames = Object.keys(cells) as CellName[]

/** Adds a cell of the user, before anything is made of the registry. Refuses one whose name or options mean something else. */
export function registerCell(cell: Cell): void {
  const { name } = cell
  if (known[name] === cell) return
  if (Object.hasOwn(known, name)) refuseUsage(`Tapeloop has a cell ${name}; give yours another name.`)
  for (const [option, spec] of Object.entries(cell.options)) {
    const other = allCellOptions()[option]
    if (other !== undefined && other.type !== spec.type) {
      refuseUsage(
        `The option ${option} of ${name} is a ${spec.type}, of other cells a ${other.type}; rename it.`,
      )
    }
  }
  known[name] = cell
  cellNames.push(name as CellName)
}

/** The options of all cells, each once: where cells share a name, they share the meaning, for a flag is one thing. */
export function allCellOptions(all: Readonly<Record<string, Cell>> = registry): OptionSpecs {
  const specs: Record<string, OptionSpec> = {}
  for (const cell of Object.values(all)) {
    for (const [name, spec] of Object.entries(cell.options)) {
      const other = specs[name]
      if (other !== undefined && other.type !== spec.type) {
        throw new Error(`${cell.name}: the option ${name} is a ${spec.type}, of another cell a ${other.type}`)
      }
      specs[name] = other ?? spec
    }
  }
  return specs
}

/** For each option the cells that have it, in words; nothing where all do. */
export function ownersOf(specs: OptionSpecs): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(specs).map((name) => [name, ownersOfOne(name)]))
}

function ownersOfOne(option: string): string {
  const has = (cell: string) => Object.hasOwn(registry[cell]!.options, option)
  const [owners, others] = [cellNames.filter(has), cellNames.filter((cell) => !has(cell))]
  if (others.length === 0) return ''
  return others.length < owners.length ? `not of ${listOf(others, 'or')}` : `of ${listOf(owners, 'and')}`
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
