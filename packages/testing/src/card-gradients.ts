import {
  apply,
  compile,
  flatten,
  isFloat,
  orderOf,
  reference,
  tensor,
  toNumbers,
  unflatten,
  vjp,
  type Backend,
  type Graph,
  type Tensor,
  type Tree,
} from '@tapeloop/core'
import { recurrent, resolveOptions, type Cell } from '@tapeloop/layers'
import { run } from './cells/invariants.js'
import { dataFor, loopOver, randomRecord, type AnyLayer, type LayerData } from './cells/sample.js'
import { dot, shifted } from './directions.js'

/**
 * How far reverse mode is from central differences: the largest error among the elements of a tensor, relative to the
 * largest derivative by it where that is above 1.
 */
export interface GradientErrors {
  /** for each parameter, first state and the input: of a random weighted sum of outputs and last state */
  readonly byParameter: Readonly<Record<string, number>>
  /** for each op that the step is made of: of the op alone, at the values it has there; the largest of all its uses */
  readonly byOp: Readonly<Record<string, number>>
}

/** Where rounding and truncation of central differences meet in float64. */
const step = 6e-6

/** The errors of a cell with its usual options, over 2 rows and 3 steps, every element moved on its own. */
export function gradientErrors(cell: Cell): GradientErrors {
  const layer: AnyLayer = recurrent(cell, { inputSize: 2, hiddenSize: 1 + (cell.fewestUnits ?? 1) })
  const data = dataFor(layer, 2, 3, 1)
  const { leaves, paths, structure } = flatten(data)
  const errors = errorsOf(
    (values) => flatten(run(layer)(unflatten<LayerData>(structure, values))).leaves,
    leaves,
  )
  return {
    byParameter: Object.fromEntries(paths.map((path, i) => [path, errors[i]!])),
    byOp: errorsByOp(cell, data),
  }
}

function errorsByOp(cell: Cell, data: LayerData): Record<string, number> {
  const options = resolveOptions(cell.name, cell.options, {})
  const { graph, inputs } = traced((data: LayerData) => loopOver(cell, options, data), data)
  const values = new Map(graph.inputs.map((input, i) => [input, inputs[i]!]))
  const worst: Record<string, number> = {}
  for (const node of orderOf(graph.outputs)) {
    const at = node.inputs.map((input) => values.get(input)!)
    const use = (inputs: readonly Tensor[]) => apply(node.op, inputs, node.attrs)
    use(at).forEach((value, i) => values.set(node.outputs[i]!, value))
    if (node.op.derivative.kind === 'none') continue
    const errors = errorsOf(use, at)
    if (errors.length > 0) worst[node.op.name] = Math.max(worst[node.op.name] ?? 0, ...errors)
  }
  return Object.fromEntries(Object.entries(worst).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** The program of a function with its inputs, those that it takes from outside included. */
function traced<Data extends Tree>(f: (data: Data) => Tree, data: Data) {
  let inputs: readonly Tensor[] = []
  let graph: Graph = { inputs: [], outputs: [] }
  const backend: Backend = {
    name: 'trace',
    compile: (program) => ({
      run(values) {
        graph = program
        inputs = values.map((value, i) => tensor(toNumbers(value), program.inputs[i]!))
        return reference.compile(program, []).run(values)
      },
    }),
  }
  compile(f, { backend })(data)
  return { graph, inputs }
}

/** The error of the derivatives of a random weighted sum of the results, by each float argument. */
function errorsOf(
  f: (values: readonly Tensor[]) => readonly Tensor[],
  at: readonly Tensor[],
): readonly number[] {
  const moving = at.flatMap(({ dtype }, i) => (isFloat(dtype) ? [i] : []))
  const floatsOf = (values: readonly Tensor[]) => {
    const all = at.map((x, i) => (moving.includes(i) ? values[moving.indexOf(i)]! : x))
    return f(all).filter(({ dtype }) => isFloat(dtype))
  }
  const points = moving.map((i) => at[i]!)
  const { value, pullback } = vjp((...values: Tensor[]) => floatsOf(values), ...points)
  const weights = randomRecord(value, 1)
  const slopes = pullback(weights)
  const sumAt = (moved: readonly Tensor[]) => dot(numbersOf(floatsOf(moved)), numbersOf(weights)).value
  return points.map((_, i) => {
    const analytic = slopes[i]!.dataSync()
    const numeric = analytic.map((_, j) => {
      const along = points.map(({ size }) => new Float64Array(size))
      along[i]![j] = 1
      return (sumAt(shifted(points, along, step)) - sumAt(shifted(points, along, -step))) / (2 * step)
    })
    const largest = Math.max(1, ...numeric.map(Math.abs))
    return Math.max(...analytic.map((slope, j) => Math.abs(slope - numeric[j]!))) / largest
  })
}

function numbersOf(tensors: readonly Tensor[]): Float64Array[] {
  return tensors.map((x) => Float64Array.from(x.dataSync()))
}
