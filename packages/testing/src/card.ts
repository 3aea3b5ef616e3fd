import { flatten, TapeloopError, unflatten, type Backend } from '@tapeloop/core'
import { recurrent, type Cell } from '@tapeloop/layers'
import { cellCost, type CellCost, type CostSize } from './card-cost.js'
import { examine, leavesOf } from './cells/compare.js'
import { checkGolden, type Golden } from './cells/golden.js'
import { run } from './cells/invariants.js'
import { cellSubject, dataFor, randomRecord, type AnyLayer, type LayerData } from './cells/sample.js'
import { cellChecks, taskChecks } from './cells/suite.js'
import { dot, shifted } from './directions.js'

/** What became of one check: what is wrong in `said`, which is empty where it passed. */
export interface CheckResult {
  readonly title: string
  readonly passed: boolean
  readonly said: string
}

/** All that is known of a cell: what it is, what it costs, and what proves it. */
export interface CellCard extends Pick<Cell, 'name' | 'title' | 'cite' | 'equations'>, CellCost {
  /** for each parameter, first state and the input: how far reverse mode is from central differences */
  readonly gradientErrors: Readonly<Record<string, number>>
  readonly invariants: readonly CheckResult[]
  readonly tasks: readonly CheckResult[]
  readonly golden: CheckResult
}

/** What a card is made with. */
export interface CardOptions {
  /** where the cell is timed */
  readonly backend: Backend
  /** undefined where the cell has none, which its card says */
  readonly golden: Golden | undefined
  /** at which size it is weighed: see {@link CellCost} */
  readonly size?: CostSize
  /** how many pairs are timed */
  readonly rounds?: number
}

/** Puts a cell to every check there is, and says what it costs. Takes some seconds. */
export function cellCard(cell: Cell, { backend, golden, size, rounds }: CardOptions): CellCard {
  const { name, title, cite, equations } = cell
  const subject = cellSubject(cell)
  const isTask = new Set(taskChecks.map(({ title }) => title))
  const results = cellChecks.map(({ title, check }) => resultOf(title, () => check(subject)))
  return {
    name,
    title,
    cite,
    equations,
    ...cellCost(cell, backend, size, rounds),
    gradientErrors: gradientErrors(cell),
    invariants: results.filter(({ title }) => !isTask.has(title)),
    tasks: results.filter(({ title }) => isTask.has(title)),
    golden: resultOf(
      `${golden?.cases.length ?? 'no'} cases${golden ? `, from ${golden.made.from}` : ''}`,
      () => checkGolden(cell, golden),
    ),
  }
}

/** Whether a card has nothing to complain of: a source, gradients right to 1e-6, and every check passed. */
export function isSound({ gradientErrors, invariants, tasks, golden, cite }: CellCard): boolean {
  const isExact = Object.values(gradientErrors).every((error) => error < 1e-6)
  return cite.length > 0 && isExact && [...invariants, ...tasks, golden].every(({ passed }) => passed)
}

function resultOf(title: string, check: () => void): CheckResult {
  try {
    check()
    return { title, passed: true, said: '' }
  } catch (error) {
    if (!(error instanceof TapeloopError)) throw error
    return { title, passed: false, said: error.message }
  }
}

/** Where rounding and truncation of central differences meet in float64. */
const step = 6e-6

/**
 * The largest error of the derivatives by each tensor, relative to the largest derivative by it where that is above 1, of a
 * random weighted sum of outputs and last state: usual options, 2 rows, 3 steps, every element on its own.
 */
function gradientErrors(cell: Cell): Readonly<Record<string, number>> {
  const layer: AnyLayer = recurrent(cell, { inputSize: 2, hiddenSize: 1 + (cell.fewestUnits ?? 1) })
  const data = dataFor(layer, 2, 3, 1)
  const { gradient } = examine(run(layer), data)
  const { leaves, paths, structure } = flatten(data)
  const slopes = flatten(gradient).leaves
  const weights = numbersOf(leavesOf(randomRecord(run(layer)(data), 1)))
  const lossAt = (moved: typeof leaves) => {
    const values = leavesOf(run(layer)(unflatten<LayerData>(structure, moved)))
    return dot(numbersOf(values), weights).value
  }
  return Object.fromEntries(
    paths.map((path, i) => {
      const analytic = slopes[i]!.dataSync()
      const numeric = analytic.map((_, j) => {
        const along = leaves.map(({ size }) => new Float64Array(size))
        along[i]![j] = 1
        return (lossAt(shifted(leaves, along, step)) - lossAt(shifted(leaves, along, -step))) / (2 * step)
      })
      const largest = Math.max(1, ...numeric.map(Math.abs))
      const error = Math.max(...analytic.map((slope, j) => Math.abs(slope - numeric[j]!)))
      return [path, error / largest]
    }),
  )
}

function numbersOf(tensors: ReturnType<typeof leavesOf>): Float64Array[] {
  return tensors.map((x) => Float64Array.from(x.dataSync()))
}
