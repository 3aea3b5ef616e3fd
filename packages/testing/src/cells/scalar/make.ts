import { refuse, tensor, toNested } from '@tapeloop/core'
import { recurrent, resolveOptions, unitsAtOnce, type Cell, type CellSize } from '@tapeloop/layers'
import { randomLike } from '../../directions.js'
import { modelOf, type Golden, type GoldenCase, type Options } from '../golden.js'
import type { ScalarCell, Vector } from './scalar-cell.js'

const [batchSize, time] = [2, 3]
const step = 0.002
/** Units that open and close have kinks all over. */
const attempts = 2000

/** Numbers nested in arrays. */
type Numbers = Vector | readonly Numbers[]
type Named = Readonly<Record<string, Numbers>>

/** Golden numbers of a cell, from its scalar twin. Only names and shapes are taken from the cell itself. */
export function makeGolden(cell: Cell, scalar: ScalarCell, settings: readonly Options[]): Golden {
  return {
    cell: cell.name,
    sources: {
      loops: {
        by: `plain loops over numbers, packages/testing/src/cells/scalar/${cell.name}.ts`,
        from: scalar.source,
        gradients: `differences of order 6 of the same loops, step ${step}`,
        versions: { node: process.versions.node },
      },
    },
    cases: settings.map((options, i) => makeCase(cell, scalar, options, i + 1)),
  }
}

/** Where a kink is too near for differences, other numbers are drawn. */
function makeCase(cell: Cell, scalar: ScalarCell, options: Options, seed: number): GoldenCase {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const made = makeSmoothCase(cell, scalar, options, seed + 1000 * attempt)
    if (made) return made
  }
  return refuse(cell.name, `${attempts} draws of numbers all have a kink near; make its steps smoother`)
}

/** A case from the numbers of a seed; null where differences of half the step say otherwise. */
function makeSmoothCase(cell: Cell, scalar: ScalarCell, options: Options, seed: number): GoldenCase | null {
  const size = sizeFor(cell, options)
  const { paths, leaves } = modelOf(recurrent(cell, { ...size, ...options }), batchSize, time)
  const given = randomNumbers(
    paths,
    leaves.map(({ shape }) => shape),
    seed,
  )
  const resolved = resolveOptions(cell.name, cell.options, options)
  const run = () => runScalar(scalar, given, resolved)
  const expected = run()
  const shapes = Object.values(expected).map((numbers) => tensor(numbers).shape)
  const weights = randomNumbers(Object.keys(expected), shapes, seed + 100)
  const loss = () => weightedSum(run(), weights)
  let isSmooth = true
  const gradients = mapNamed(given, (numbers) =>
    mapSlots(numbers, (row, i) => {
      // one kink is enough to draw again
      if (!isSmooth) return NaN
      const { wide, narrow } = slopeOf(loss, row, i)
      isSmooth = Math.abs(wide - narrow) <= 1e-10 * Math.max(1, Math.abs(wide))
      return Number(narrow.toPrecision(12))
    }),
  )
  return isSmooth ? { source: 'loops', size, options, given, expected, weights, gradients } : null
}

/** Three units; of cells that divide them, two for each part. */
function sizeFor(cell: Cell, options: Options): CellSize {
  const parts = unitsAtOnce(cell.options, options)
  return { inputSize: 2, hiddenSize: parts === 1 ? 3 : 2 * parts }
}

/** All rows and steps, one after the other. */
function runScalar(scalar: ScalarCell, given: Named, options: object): Named {
  const { params, state, x } = nested(given) as {
    params: object
    state: Record<string, Numbers[]>
    x: Vector[][]
  }
  const outputs: Vector[][] = []
  const last: Record<string, Numbers[]> = mapNamed(state, () => [])
  x.forEach((steps, row) => {
    let now: Named = mapNamed(state, (rows) => rows[row]!)
    outputs.push(
      steps.map((input) => {
        const next = scalar.step(params, now, input, options)
        now = next.state
        return next.output
      }),
    )
    for (const name of Object.keys(last)) last[name]!.push(now[name]!)
  })
  const states = Object.entries(last).map(([name, rows]) => [`state.${name}`, rows] as const)
  return { output: outputs, ...Object.fromEntries(states) }
}

/** A derivative by differences of a step, and of half the step. */
type Slope = { readonly wide: number; readonly narrow: number }

/** The derivative by one number, of which the loss is a function: differences of order 6. */
function slopeOf(loss: () => number, row: number[], i: number): Slope {
  const here = row[i]!
  const at = (distance: number) => {
    row[i] = here + distance
    const value = loss()
    row[i] = here
    return value
  }
  const estimate = (h: number) =>
    (45 * (at(h) - at(-h)) - 9 * (at(2 * h) - at(-2 * h)) + at(3 * h) - at(-3 * h)) / (60 * h)
  return { wide: estimate(step), narrow: estimate(step / 2) }
}

/** Three decimals in ±[½, 1]: short to read. */
function randomNumbers(
  paths: readonly string[],
  shapes: readonly (readonly number[])[],
  seed: number,
): Named {
  const models = shapes.map((shape) => tensor(new Float64Array(shape.reduce((a, b) => a * b, 1)), { shape }))
  const drawn = randomLike(models, seed).map((numbers) =>
    numbers.map((value) => Math.round(value * 1000) / 1000),
  )
  return Object.fromEntries(
    paths.map((path, i) => [path, toNested(tensor(drawn[i]!, { shape: shapes[i]! })) as Numbers]),
  )
}

function weightedSum(values: Named, weights: Named): number {
  let sum = 0
  for (const [path, numbers] of Object.entries(values)) {
    const weightsHere = weights[path]!.flat(3) as number[]
    for (const [i, value] of (numbers.flat(3) as number[]).entries()) sum += value * weightsHere[i]!
  }
  return sum
}

/** `{ 'params.kernel': … }` as `{ params: { kernel: … } }`. */
function nested(named: Named): object {
  const root: Record<string, unknown> = {}
  for (const [path, numbers] of Object.entries(named)) {
    const names = path.split('.')
    const last = names.pop()!
    let record = root
    for (const name of names) record = (record[name] ??= {}) as Record<string, unknown>
    record[last] = numbers
  }
  return root
}

function mapNamed<T, R>(
  named: Readonly<Record<string, T>>,
  f: (value: T, name: string) => R,
): Record<string, R> {
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [name, f(value, name)]))
}

/** The same nesting with every number replaced; `f` gets the innermost array, which it may change, and the place in it. */
function mapSlots(numbers: Numbers, f: (row: number[], i: number) => number): Numbers {
  if (isRows(numbers)) return numbers.map((part) => mapSlots(part, f))
  return numbers.map((_, i) => f(numbers as number[], i))
}

function isRows(numbers: Numbers): numbers is readonly Numbers[] {
  return typeof numbers[0] === 'object'
}
