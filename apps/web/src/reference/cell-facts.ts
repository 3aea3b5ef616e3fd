import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as layers from '@tapeloop/layers'
import { drawParams, resolveOptions, type Cell } from '@tapeloop/layers'
import { flatten, randomKey, type Tree } from '@tapeloop/core'

const repository = join(process.cwd(), '../..')

/** A parameter of a cell: its name and its shape, in letters. */
export interface Parameter {
  readonly path: string
  readonly shape: string
}

// primes, so that a shape says which of the two a number comes from
const [inputSize, hiddenSize] = [7, 11]

/** The parameters of a cell with its default options, their shapes in D features and H units. */
export function parametersOf(cell: Cell): readonly Parameter[] {
  const specs = cell.params({ inputSize, hiddenSize }, resolveOptions(cell.name, cell.options, {}))
  const { leaves, paths } = flatten(drawParams(specs, randomKey(1), 'float32') as Tree)
  return leaves.map(({ shape }, index) => ({
    path: paths[index]!,
    shape: `[${shape.map(letters).join(', ')}]`,
  }))
}

function letters(count: number): string {
  if (count === inputSize + hiddenSize) return 'D + H'
  for (const [size, letter] of [
    [hiddenSize, 'H'],
    [inputSize, 'D'],
  ] as const) {
    if (count % size === 0) return count === size ? letter : `${count / size}·${letter}`
  }
  return String(count)
}

/** The file that defines the cell, as it is. */
export function sourceOf({ name }: Cell): string {
  return readFileSync(join(repository, `packages/layers/src/cells/${name}.ts`), 'utf8')
}

/** The name under which the package exports the cell; a cell outside it has none. */
export const exportNameOf = (cell: Cell): string | undefined =>
  Object.entries<unknown>(layers).find(([, value]) => value === cell)?.[0]

/** One check of a card. */
interface Check {
  readonly title: string
  readonly passed: boolean
}

/** What `pnpm cards` wrote of the cell. */
export interface Card {
  readonly parameters: number
  readonly flops: { readonly forward: number; readonly training: number }
  readonly products: { readonly forward: readonly string[]; readonly backward: readonly string[] }
  /** in training, beside that of the LSTM; measured where the cards were written */
  readonly speed: number | null
  readonly gradientErrors: { readonly byParameter: Readonly<Record<string, number>> }
  readonly invariants: readonly Check[]
  readonly tasks: readonly Check[]
  readonly golden: Check
}

/** The card of a cell; undefined for one that is newer than the cards. */
export function cardOf({ name }: Cell): Card | undefined {
  const file = join(process.cwd(), `cards/${name}.json`)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Card) : undefined
}
