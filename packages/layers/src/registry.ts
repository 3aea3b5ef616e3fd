import { refuse } from '@tapeloop/core'
import type { Cell } from './cell.js'
import { cells } from './cells/index.js'

const known = new Map<string, Cell>(Object.entries(cells))

/** Every cell that is found by its name, in the order in which they came: those of this package, then registered ones. */
export const registeredCells: ReadonlyMap<string, Cell> = known

/**
 * Lets a cell of your own be found by its name wherever names are looked up: by `cellNamed`, and in a program that has
 * imported it by whatever lists cells. What is given a cell itself, as `recurrent` and the models are, needs no name.
 * To register a cell again changes nothing.
 *
 * @throws where it is no cell, its name is another cell's or none for a file and a flag, or one of its options shares a name
 * but not a type with another cell's
 */
export function registerCell(cell: Cell): void {
  if (!isCell(cell)) refuse('registerCell', 'this is no cell; give it what defineCell returns')
  const { name } = cell
  if (known.get(name) === cell) return
  const problem = cellNameProblem(name)
  if (problem !== undefined) {
    const isTheirs = known.has(name) && !Object.hasOwn(cells, name)
    const hint = isTheirs ? ', or keep one version of its package, where npm ls shows two' : ''
    refuse('registerCell', problem + hint)
  }
  for (const [option, { type }] of Object.entries(cell.options)) {
    const other = [...known.values()].find(({ options }) => (options[option]?.type ?? type) !== type)
    if (other !== undefined) {
      refuse(
        'registerCell',
        `the option ${option} of ${name} is a ${type}, that of ${other.name} a ${other.options[option]!.type}; rename it, ` +
          'for one flag serves all cells',
      )
    }
  }
  known.set(name, cell)
}

/**
 * The cell of a name.
 *
 * @throws where there is none, naming those there are
 */
export function cellNamed(name: string): Cell {
  const cell = known.get(name)
  if (cell !== undefined) return cell
  return refuse(
    'cellNamed',
    `there is no cell "${name}"; the cells are ${[...known.keys()].join(', ')}; register your own by registerCell`,
  )
}

/** Whether a value is what `defineCell` returns. */
export function isCell(value: unknown): value is Cell {
  if (typeof value !== 'object' || value === null) return false
  const { name, options, state, params, step } = value as Partial<Record<keyof Cell, unknown>>
  const isRecord = typeof name === 'string' && typeof options === 'object' && options !== null
  return isRecord && [state, params, step].every((member) => typeof member === 'function')
}

/** What speaks against a name for a new cell, in a sentence: names are those of files, and words in command lines. */
export function cellNameProblem(name: string): string | undefined {
  if (!/^[a-z][a-z\d]*(-[a-z\d]+)*$/.test(name))
    return `"${name}" is no name for a cell; write it in lower case with hyphens, such as leaky-rnn`
  return known.has(name) ? `there is a cell ${name} already; choose another name` : undefined
}
