import {
  compile,
  concat,
  flatten,
  isFloat,
  mapTree,
  randomKey,
  reference,
  refuse,
  sliceAxis,
  tensor,
  unflatten,
  vmap,
  zeros,
  type Tensor,
  type Tree,
} from '@tapeloop/core'
import { decodeSafetensors, encodeSafetensors } from '@tapeloop/formats'
import { checkClose } from '../closeness.js'
import { checkGradients } from '../gradient-check.js'
import { checkSame, examine, leavesOf, type LayerFunction } from './compare.js'
import { dataFor, type AnyLayer, type LayerData, type LayerSample } from './sample.js'

/** Derivatives by parameters, input and first state are those of differences, to the second order. */
export function checkDerivatives({ name, layer, data }: LayerSample): void {
  checkGradients((data: LayerData) => run(layer)(data), [data], { name })
}

/**
 * Every element of every parameter and of every first state changes the outputs. Each gets several chances: a unit
 * may be dead, a gate closed.
 */
export function checkReached({ name, make, draw }: LayerSample): void {
  const layer = make()
  const seed = draw.integer(0, 1000)
  const { paths } = flatten(parametersAndState(dataFor(layer, 1, 1, seed)))
  const reached = new Map(paths.map((path) => [path, [] as boolean[]]))
  for (let chance = 0; chance < 12; chance++) {
    const outputs = (data: LayerData) => ({
      output: layer.apply(data.params, data.x, data).output,
      state: {},
    })
    const { gradient } = examine(outputs, dataFor(layer, 1, 4, seed + chance))
    flatten(parametersAndState(gradient)).leaves.forEach((leaf, i) => {
      const seen = reached.get(paths[i]!)!
      leaf.dataSync().forEach((slope, j) => (seen[j] ||= slope !== 0))
    })
  }
  for (const [path, seen] of reached) {
    const element = seen.indexOf(false)
    if (element < 0) continue
    refuse(
      name,
      `element ${element} of ${path} never changes an output; a step must use all that the cell declares`,
    )
  }
}

/** Each row of a batch gives what it gives alone: forward and backward. */
export function checkRows({ name, layer, data }: LayerSample): void {
  checkSame(`${name}, each row alone`, rowsAlone(layer), run(layer), data)
}

/** `vmap` over several layers at once gives what they give one by one. */
export function checkMapped({ name, layer, data: first, draw }: LayerSample): void {
  const [batchSize, time] = first.x.shape as [number, number]
  const all = [first, dataFor(layer, batchSize, time, draw.integer(0, 1000))]
  const shared = draw.boolean()
  const { structure, leaves } = flatten(parametersAndState(first))
  const each = all.map(({ params, state, x }) => [
    ...leavesOf({ params: shared ? first.params : params, state }),
    x,
  ])
  const isShared = each[0]!.map((leaf, i) => leaf === each[1]![i])
  const args = each[0]!.map((leaf, i) =>
    isShared[i] ? leaf : concat(each.map((own) => own[i]!.reshape([1, ...leaf.shape]))),
  )
  const apply = (...args: Tensor[]) => {
    const { params, state } = unflatten<{ params: Tree; state: Tree }>(
      structure,
      args.slice(0, leaves.length),
    )
    return [...leavesOf(run(layer)({ params, state, x: args.at(-1)! }))]
  }
  const together = vmap(apply, { in: isShared.map((is) => (is ? null : 0)) })(...args)
  each.forEach((own, k) =>
    checkClose(
      `${name} under vmap, ${shared ? 'with the same parameters, ' : ''}number ${k}`,
      together.map((y) => sliceAxis(y, 0, k, k + 1).reshape(y.shape.slice(1))),
      apply(...own),
      1e-12,
    ),
  )
}

/** Steps from `lengths` on change nothing, whatever stands there: each row gives what it gives alone and unpadded. */
export function checkPadding(sample: LayerSample): void {
  checkPaddingOf(sample.name, sample.layer, sample)
}

/** As `checkPadding`, where `apply` is of another layer, such as one in reverse. */
export function checkPaddingOf(name: string, layer: AnyLayer, { data, draw }: LayerSample): void {
  const [batchSize, time, inputSize] = data.x.shape as [number, number, number]
  const lengths = Array.from({ length: batchSize }, () => draw.integer(0, time))
  const isPadding = (i: number) =>
    Math.floor(i / inputSize) % time >= lengths[Math.floor(i / inputSize / time)]!
  const padded = data.x.dataSync().map((value, i) => (isPadding(i) ? NaN : value))
  const x = tensor(padded, { shape: data.x.shape })
  const withLengths: LayerFunction = ({ params, state, x }) =>
    layer.apply(params, x, { state, lengths: tensor(Int32Array.from(lengths)) })
  const what = `${name} with lengths ${lengths.join(', ')} and NaN behind them`
  checkSame(what, withLengths, rowsAlone(layer, lengths), { ...data, x })
  const slopes = examine(withLengths, { ...data, x }).gradient.x.dataSync()
  const leak = slopes.findIndex((slope, i) => isPadding(i) && slope !== 0)
  if (leak >= 0)
    refuse(name, `${what}: the gradient of element ${leak} of x is ${slopes[leak]}; in padding it must be 0`)
}

/** The same key gives the same parameters, another key others; the dtype is the one asked for, and all is finite. */
export function checkInit({ name, layer, draw, data }: LayerSample): void {
  const seed = draw.integer(0, 1000)
  for (const dtype of ['float32', 'float64'] as const) {
    const [first, again, other] = [seed, seed, seed + 1].map((s) => leavesOf(layer.init(randomKey(s), dtype)))
    checkClose(`${name}, parameters drawn again`, again!, first!)
    if (first!.every((leaf, i) => String(leaf) === String(other![i])))
      refuse(
        name,
        `the keys ${seed} and ${seed + 1} give the same parameters; draw some of them from the key`,
      )
    for (const leaf of [...first!, ...leavesOf(layer.initialState(2, dtype))]) {
      if (leaf.dtype !== dtype) refuse(name, `init gives a ${leaf.dtype} where ${dtype} was asked for`)
      if (!leaf.dataSync().every(Number.isFinite))
        refuse(name, `init gives numbers that are not finite: ${leaf}`)
    }
  }
  const start = layer.initialState(data.x.shape[0]!, 'float64')
  const withZeros = layer.apply(data.params, data.x, {
    state: mapTree(start, (s) => zeros(s.shape, s.dtype)),
  })
  checkClose(`${name} without a state`, leavesOf(layer.apply(data.params, data.x)), leavesOf(withZeros))
}

/** Parameters that were written to a safetensors file and read again are the same bits under the same names. */
export function checkSaved({ name, layer, data }: LayerSample): void {
  const { leaves, paths, structure } = flatten(data.params)
  const file = encodeSafetensors(
    Object.fromEntries(
      leaves.map((leaf, i) => [
        paths[i]!,
        { dtype: 'F64' as const, shape: leaf.shape, data: Float64Array.from(leaf.dataSync()) },
      ]),
    ),
  )
  const { tensors } = decodeSafetensors(file)
  const read = paths.map((path) =>
    tensor(tensors[path]!.data as Float64Array, { shape: tensors[path]!.shape }),
  )
  const loaded = { ...data, params: unflatten(structure, read) }
  checkClose(`${name}, saved and loaded`, leavesOf(run(layer)(loaded)), leavesOf(run(layer)(data)))
}

/** In float32 it computes in float32, and gives what it gives in float64, to rounding. */
export function checkPrecision({ name, layer, data }: LayerSample): void {
  const single = mapTree<LayerData>(data, (leaf) => leaf.cast('float32'))
  const results = leavesOf(run(layer)(single))
  if (results.some(({ dtype }) => isFloat(dtype) && dtype !== 'float32'))
    refuse(name, 'from float32 it makes other dtypes')
  checkClose(
    `${name} in float32`,
    results.map((leaf) => leaf.cast('float64')),
    leavesOf(run(layer)(data)),
    1e-5,
  )
}

/** Compiled, it gives the same bits, gradients too, and again when it runs with other numbers. */
export function checkCompiled({ name, layer, data, draw }: LayerSample): void {
  const [batchSize, time] = data.x.shape as [number, number]
  const step = (data: LayerData) => examine(run(layer), data) as Tree
  const program = compile(step, { backend: reference })
  for (const numbers of [data, dataFor(layer, batchSize, time, draw.integer(0, 1000))])
    checkClose(`${name}, compiled`, leavesOf(program(numbers)), leavesOf(step(numbers)))
}

/** The layer as a function of its data. */
export function run(layer: AnyLayer): LayerFunction {
  return ({ params, state, x }) => layer.apply(params, x, { state })
}

/** Each row in a run of its own, without its padding; outputs are 0 there. */
function rowsAlone(layer: AnyLayer, lengths?: readonly number[]): LayerFunction {
  return ({ params, state, x }) => {
    const [batchSize, time] = x.shape as [number, number]
    const results = Array.from({ length: batchSize }, (_, row) => {
      const length = lengths?.[row] ?? time
      const own = (leaf: Tensor) => sliceAxis(leaf, 0, row, row + 1)
      const result = layer.apply(params, sliceAxis(own(x), 1, 0, length), { state: mapTree(state, own) })
      const rest = zeros([1, time - length, layer.outputSize], x.dtype)
      return { ...result, output: concat([result.output, rest], 1) }
    })
    const { structure } = flatten(state)
    const states = results.map((result) => leavesOf(result.state))
    return {
      output: concat(results.map(({ output }) => output)),
      state: unflatten(
        structure,
        states[0]!.map((_, i) => concat(states.map((leaves) => leaves[i]!))),
      ),
    }
  }
}

function parametersAndState({ params, state }: LayerData): { params: Tree; state: Tree } {
  return { params, state }
}
