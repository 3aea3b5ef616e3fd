import {
  flatten,
  randomKey,
  refuse,
  tensor,
  unflatten,
  vjp,
  zeros,
  type Flat,
  type Nested,
  type Tensor,
} from '@tapeloop/core'
import { recurrent, type Cell, type CellSize } from '@tapeloop/layers'
import { checkClose } from '../closeness.js'
import { valuesOf, type AnyLayer, type LayerData } from './sample.js'

/** Options of a cell by name. */
export type Options = Readonly<Record<string, number | boolean | string>>

/** Nested arrays of numbers by the dotted paths of `{ params, state, x }` or of `{ output, state }`. */
export type GoldenTensors = Readonly<Record<string, Nested>>

/** Who made numbers, from which equations, how the gradients, and with which versions of what. */
export interface GoldenSource {
  readonly by: string
  readonly from: string
  readonly gradients: string
  readonly versions: Readonly<Record<string, string>>
}

/** One run of a cell over a few steps, in float64. */
export interface GoldenCase {
  /** a key of the sources */
  readonly source: string
  readonly size: CellSize
  readonly options: Options
  /** parameters, first state and input: their names and shapes are what the cell must have */
  readonly given: GoldenTensors
  /** outputs and last state */
  readonly expected: GoldenTensors
  /** the weights of outputs and last state in the sum whose gradients these are */
  readonly weights: GoldenTensors
  readonly gradients: GoldenTensors
}

/** Numbers from an independent source: a file `packages/layers/golden/<cell>.json`. */
export interface Golden {
  readonly cell: string
  readonly sources: Readonly<Record<string, GoldenSource>>
  readonly cases: readonly GoldenCase[]
}

/**
 * Holds a cell to golden numbers: names and shapes of its parameters and states; outputs, last state and gradients to
 * 1e-9, relative to the largest of each tensor. Alone among the checks it sees two gates swapped.
 *
 * @param golden undefined where there are none: the error says how they are made
 * @throws one sentence with the case and the tensor that differs
 */
export function checkGolden(cell: Cell, golden: Golden | undefined): void {
  if (golden === undefined) refuse(cell.name, missingGolden(cell.name))
  for (const options of goldenOptions(cell)) {
    if (!golden.cases.some((found) => JSON.stringify(found.options) === JSON.stringify(options))) {
      refuse(cell.name, `its golden numbers have no case with ${describe(options)}; make them again`)
    }
  }
  for (const each of golden.cases) checkCase(cell, each)
}

/**
 * Holds golden numbers of two sources to each other: the same cases, and results and gradients to 1e-9.
 *
 * @throws one sentence with the case and the tensor that differs
 */
export function checkAgreement(actual: Golden, expected: Golden): void {
  if (actual.cases.length !== expected.cases.length) {
    const counts = `${actual.cases.length} and ${expected.cases.length}`
    refuse(expected.cell, `its golden numbers have ${counts} cases; make them again`)
  }
  expected.cases.forEach((theirs, i) => {
    const ours = actual.cases[i]!
    const what = `${expected.cell} with ${describe(theirs.options)}`
    const [a, b] = [ours, theirs].map(({ size, options, given, weights }) =>
      JSON.stringify([size, options, given, weights]),
    )
    if (a !== b) refuse(what, 'its golden numbers are of another case; make them again')
    for (const part of ['expected', 'gradients'] as const)
      compare(`${what}, ${part}`, tensorsOf(ours[part]), tensorsOf(theirs[part]))
  })
}

/** What to do where a cell has no golden numbers. */
export function missingGolden(name: string): string {
  return (
    `there is no packages/layers/golden/${name}.json; write the equations as plain loops in ` +
    `packages/testing/src/cells/scalar/${name}.ts, add it to index.ts there, and run npm run golden ${name}`
  )
}

/** The settings that golden numbers must have: the usual one, each option changed alone, and all of them changed. */
export function goldenOptions(cell: Cell): readonly Options[] {
  const changes = Object.entries(cell.options).flatMap(([name, spec]) => {
    const others = valuesOf(spec).slice(1)
    return (spec.type === 'number' ? others.slice(-1) : others).map((value) => ({ [name]: value }))
  })
  return [{}, ...changes, ...(changes.length > 1 ? [Object.assign({}, ...changes) as Options] : [])]
}

function checkCase(cell: Cell, { size, options, given, ...golden }: GoldenCase): void {
  const what = `${cell.name} with ${describe(options)}`
  const layer: AnyLayer = recurrent(cell, { ...size, ...options })
  const x = float64(given['x']!)
  const model = modelOf(layer, x.shape[0]!, x.shape[1]!)
  const [names, frozen] = [listed(model), listed(tensorsOf(given))]
  if (names !== frozen) {
    refuse(
      what,
      `it has ${names} but its golden numbers ${frozen}; what is renamed cannot be loaded from old files`,
    )
  }
  const data = unflatten<LayerData>(model.structure, tensorsOf(given).leaves)
  const { value, pullback } = vjp(
    ({ params, state, x }: LayerData) => layer.apply(params, x, { state }),
    data,
  )
  const result = flatten(value)
  const [gradient] = pullback(unflatten(result.structure, tensorsOf(golden.weights).leaves))
  const expected = tensorsOf(golden.expected)
  if (listed(result) !== listed(expected))
    refuse(what, `it returns ${listed(result)}, not ${listed(expected)}`)
  compare(what, result, expected)
  compare(`${what}, gradient`, flatten(gradient), tensorsOf(golden.gradients))
}

type Named = Pick<Flat, 'paths' | 'leaves'>

function compare(what: string, actual: Named, expected: Named): void {
  expected.leaves.forEach((y, i) => {
    checkClose(`${what} of ${expected.paths[i]}`, [actual.leaves[i]!], [y], 1e-9)
  })
}

/** Zeros in the structure of a layer's data. */
export function modelOf(layer: AnyLayer, batchSize: number, time: number): Flat {
  return flatten({
    params: layer.init(randomKey(0), 'float64'),
    state: layer.initialState(batchSize, 'float64'),
    x: zeros([batchSize, time, layer.inputSize], 'float64'),
  })
}

function tensorsOf(tensors: GoldenTensors): Named {
  return { paths: Object.keys(tensors), leaves: Object.values(tensors).map(float64) }
}

function float64(numbers: Nested): Tensor {
  return tensor(numbers, { dtype: 'float64' })
}

function listed({ paths, leaves }: Named): string {
  return paths.map((path, i) => `${path} [${leaves[i]!.shape.join(', ')}]`).join(', ')
}

function describe(options: Options): string {
  const changed = Object.entries(options).map(([name, value]) => `${name} ${value}`)
  return changed.length === 0 ? 'its usual options' : changed.join(', ')
}
