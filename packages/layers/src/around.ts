import { flatten, foldIn, refuse, unflatten, type Tensor } from '@tapeloop/core'
import type { AnyRecord, Cell, CellSize, ParamSpecs, StateOf, StateRecord, StepResult } from './cell.js'
import type { OptionSpecs, OptionValues } from './options.js'
import { outputSizeOf, runStep } from './output.js'

/** What one step of a cell is given. */
interface Given {
  readonly params: AnyRecord
  readonly state: AnyRecord
  readonly x: Tensor
}

/** What the step of a combinator works with. */
export interface Within extends Given {
  /** One step of the cell within, with what is given here instead; `y` is there where the output is no state. */
  run(changed?: Partial<Given> & { readonly onCandidate?: (candidate: Tensor) => Tensor }): {
    readonly next: AnyRecord
    readonly output: Tensor
    readonly y?: Tensor
  }
  /** in training: randomness that stays the same for the whole sequence, and such of the step alone */
  readonly sequenceKey?: Tensor
  readonly stepKey?: Tensor
}

/** What a combinator says of itself; equations are those of the cell within unless given. */
export interface About {
  readonly label: string
  readonly title: string
  readonly cite?: readonly string[]
  readonly equations?: string
}

/**
 * A cell around a cell: its options, state and parameters, and another step. Combinator and cell get randomness of their
 * own, of which the cell's is handed on as the cell declares.
 */
export function around<Options extends OptionSpecs, Shapes extends StateRecord, Specs extends ParamSpecs>(
  cell: Cell<Options, Shapes, Specs>,
  { label, title, cite = [], equations }: About,
  step: (within: Within) => StepResult<AnyRecord>,
): Cell<Options, Shapes, Specs> {
  const { random: _, parallel: __, ...rest } = cell
  return {
    ...rest,
    name: `${label}(${cell.name})`,
    title: `${cell.title} ${title}`,
    cite: [...new Set([...cell.cite, ...cite])],
    equations: equations === undefined ? cell.equations : String.raw`${equations} \qquad ${cell.equations}`,
    outputSize: (size, options) => outputSizeOf(cell, size, options),
    step(params, state, x, { key, step: now, ...options }) {
      const own = key && foldIn(key, 0)
      const context = { ...options, ...(key && { key: foldIn(key, 1) }), ...(now && { step: now }) }
      const given = { params: params as AnyRecord, state: state as AnyRecord, x }
      return step({
        ...given,
        run({ onCandidate, ...changed } = {}) {
          const at = { ...given, ...changed }
          const all = { ...context, ...(onCandidate && { onCandidate }) } as unknown as OptionValues<Options>
          return runStep(cell, at.params as never, at.state as StateOf<Shapes>, at.x, all) as never
        },
        ...(own && { sequenceKey: own, stepKey: now ? foldIn(own, now) : own }),
      }) as StepResult<StateOf<Shapes>>
    },
  }
}

/** The output size of a cell whose input is mixed into its output, which must have as many features. */
export function outputLikeInput<Options extends OptionSpecs>(
  name: string,
  cell: Pick<Cell<Options>, 'name' | 'output' | 'outputSize' | 'state'>,
  size: CellSize,
  options: OptionValues<Options>,
): number {
  const outputSize = outputSizeOf(cell, size, options)
  if (outputSize !== size.inputSize) {
    refuse(
      name,
      `the input has ${size.inputSize} features but the output ${outputSize}; they are added, so make them equal`,
    )
  }
  return outputSize
}

/** One amount for all entries of a state, or one for each name, at any depth; those not named are left alone. */
export type PerEntry = number | Readonly<Record<string, number>>

/** Refuses amounts that are not as `isFine` wants them. */
export function checkAmounts(
  where: string,
  amounts: PerEntry,
  isFine: (amount: number) => boolean,
  wanted: string,
): void {
  for (const amount of typeof amounts === 'number' ? [amounts] : Object.values(amounts))
    if (!isFine(amount)) refuse(where, `${amount} is given; it must be ${wanted}`)
}

/**
 * A record with `f` of every leaf that has an amount.
 *
 * @throws where a name with an amount is no leaf
 */
export function mapEntries<Part extends AnyRecord>(
  where: string,
  record: Part,
  amounts: PerEntry,
  f: (leaf: Tensor, amount: number, index: number) => Tensor,
): Part {
  const { leaves, paths, structure } = flatten(record)
  const names = paths.map((path) => path.split('.').at(-1)!)
  if (typeof amounts !== 'number') {
    const unknown = Object.keys(amounts).find((name) => !names.includes(name))
    if (unknown !== undefined)
      refuse(where, `there is no ${unknown}; it has ${[...new Set(names)].join(', ')}`)
  }
  return unflatten<Part>(
    structure,
    leaves.map((leaf, i) => {
      const amount = typeof amounts === 'number' ? amounts : amounts[names[i]!]
      return amount === undefined ? leaf : f(leaf, amount, i)
    }),
  )
}
