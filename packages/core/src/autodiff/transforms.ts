import { isFloat } from '../dtype.js'
import { refuse } from '../errors.js'
import { close, withPlaceholders, type Closed } from '../graph.js'
import type { Maybe } from '../op.js'
import { ones, zeros } from '../ops/literal.js'
import { moveAxis } from '../ops/indexing.js'
import { broadcastTo } from '../ops/movement.js'
import { resolveAxis, showShape } from '../shape.js'
import type { Tensor } from '../tensor.js'
import {
  checkLike,
  checkStructure,
  flatten,
  unflatten,
  type Flat,
  type Structure,
  type Tree,
} from '../tree.js'
import { batchGraph } from './batch.js'
import { jvpGraph } from './jvp.js'
import { linearizeGraph } from './vjp.js'

/** A function seen as a graph over the tensors of its arguments. */
interface Traced extends Closed {
  readonly output: Flat
}

function traceOver(where: string, leaves: readonly Tensor[], f: (stands: readonly Tensor[]) => Tree): Traced {
  return withPlaceholders(leaves, 'argument', (stands, level) => {
    const output = flatten(f(stands), where, '')
    return { ...close(output.leaves, stands, level), output }
  })
}

/**
 * A function's value, and the map from cotangents of its result to cotangents of its arguments (reverse mode).
 * Integer and bool tensors among the arguments get zeros.
 */
export function vjp<Args extends readonly Tree[], Result extends Tree>(
  f: (...args: Args) => Result,
  ...args: Args
): { value: Result; pullback: (cotangent: Result) => Args } {
  const input = flatten(args as Tree, 'vjp', '')
  const { value, output, pull } = linearize('vjp', input, (...all) => f(...(all as unknown as Args)))
  return {
    value: value as Result,
    pullback(cotangent) {
      const given = flatten(cotangent, 'pullback', '')
      checkStructure('pullback', output, given)
      checkLike('pullback', 'cotangent', output, given)
      return unflatten<Tree>(input.structure, pull(given.leaves)) as unknown as Args
    },
  }
}

function linearize(where: string, input: Flat, f: (...args: readonly Tree[]) => Tree) {
  const { graph, captures, output } = traceOver(where, input.leaves, (stands) =>
    f(...(unflatten<readonly Tree[]>(input.structure, stands) as readonly Tree[])),
  )
  const active = graph.inputs.map((x, i) => i < input.leaves.length && isFloat(x.dtype))
  const linear = linearizeGraph(graph, [...input.leaves, ...captures], active)
  return {
    value: unflatten(output.structure, linear.outputs),
    output,
    outputs: linear.outputs,
    pull: (cotangents: readonly Maybe[]) => {
      const parts = linear.pull(cotangents)
      return input.leaves.map((x, i) => parts[i] ?? zeros(x.shape, x.dtype))
    },
  }
}

/** Which argument is differentiated: the first unless said. */
export interface GradOptions<Index extends number = number> {
  readonly argument?: Index
}

/**
 * The gradient of a scalar function with respect to one argument (a tensor or a record of tensors): the same structure,
 * each tensor replaced by ∂f/∂tensor of the same shape.
 *
 * @throws where f does not return a scalar, or the argument holds an integer or bool tensor
 */
export function grad<Args extends readonly Tree[], const Index extends number = 0>(
  f: (...args: Args) => Tensor,
  options: GradOptions<Index> = {},
): (...args: Args) => Args[Index] {
  const both = valueAndGrad(f, options)
  return (...args) => both(...args)[1]
}

/** A function's scalar value and its gradient, as `[value, gradient]`. */
export function valueAndGrad<Args extends readonly Tree[], const Index extends number = 0>(
  f: (...args: Args) => Tensor,
  options: GradOptions<Index> = {},
): (...args: Args) => [Tensor, Args[Index]] {
  const withAux = valueAuxAndGrad((...args: Args) => [f(...args), {}], options)
  return (...args) => {
    const [value, , gradient] = withAux(...args)
    return [value, gradient]
  }
}

/** As `valueAndGrad`, for a function that returns `[value, more]`: gives `[value, more, gradient]`. */
export function valueAuxAndGrad<
  Args extends readonly Tree[],
  Aux extends Tree,
  const Index extends number = 0,
>(
  f: (...args: Args) => readonly [Tensor, Aux],
  { argument = 0 as Index }: GradOptions<Index> = {},
): (...args: Args) => [Tensor, Aux, Args[Index]] {
  return (...args) => {
    const input = flatten(args[argument]!, 'grad', '')
    input.leaves.forEach((x, i) => {
      if (!isFloat(x.dtype)) {
        refuse(
          'grad',
          `${input.paths[i] || 'the argument'} is ${x.dtype} and has no derivative; pass it as another argument`,
        )
      }
    })
    const { value, outputs, pull } = linearize('grad', { ...input, structure: [input.structure] }, (part) =>
      f(...(args.map((arg, i) => (i === argument ? part! : arg)) as unknown as Args)),
    )
    const loss = outputs[0]!
    if (loss.rank !== 0) {
      refuse(
        'grad',
        `the function returned shape ${showShape(loss.shape)}; return a scalar, for example sum() or mean()`,
      )
    }
    if (!isFloat(loss.dtype))
      refuse('grad', `the function returned ${loss.dtype}, which has no derivative; return a float`)
    const parts = pull([ones([], loss.dtype), ...outputs.slice(1).map(() => null)])
    const [, aux] = value as unknown as [Tensor, Aux]
    return [loss, aux, unflatten<Tree>(input.structure, parts) as Args[Index]]
  }
}

/**
 * A function's value and its derivative along tangents (forward mode). Tangents have the arguments' structure; those of
 * integer and bool tensors are ignored.
 */
export function jvp<Args extends readonly Tree[], Result extends Tree>(
  f: (...args: Args) => Result,
  primals: Args,
  tangents: Args,
): { value: Result; tangent: Result } {
  const input = flatten(primals as Tree, 'jvp', '')
  const moves = flatten(tangents as Tree, 'jvp', '')
  checkStructure('jvp', input, moves)
  checkLike('jvp', 'tangent', input, moves)
  const { graph, captures, output } = traceOver('jvp', input.leaves, (stands) =>
    f(...(unflatten<Tree>(input.structure, stands) as unknown as Args)),
  )
  const parts = graph.inputs.map((x, i) =>
    i < input.leaves.length && isFloat(x.dtype) ? moves.leaves[i]! : null,
  )
  const result = jvpGraph(graph, [...input.leaves, ...captures], parts)
  const still = result.outputs.map((y, i) => result.tangents[i] ?? zeros(y.shape, y.dtype))
  return {
    value: unflatten<Tree>(output.structure, result.outputs) as Result,
    tangent: unflatten<Tree>(output.structure, still) as Result,
  }
}

/** Which axes `vmap` maps over. */
export interface VmapOptions {
  /** for each argument the axis to map over, or null to pass it whole; 0 for all unless said */
  readonly in?: readonly (number | null)[]
  /** where the mapped axis stands in every result; 0 unless said */
  readonly out?: number
}

/** A function of single examples, made a function of batches: as if called on each slice, and the results stacked. */
export function vmap<Args extends readonly Tree[], Result extends Tree>(
  f: (...args: Args) => Result,
  { in: axes, out = 0 }: VmapOptions = {},
): (...args: Args) => Result {
  return (...args) => {
    const input = flatten(args as Tree, 'vmap', '')
    if (axes !== undefined && axes.length !== args.length) {
      refuse(
        'vmap',
        `in has ${axes.length} entries but the call has ${args.length} arguments; give an axis or null for each`,
      )
    }
    const axisOf = args.flatMap((arg, i) =>
      flatten(arg, 'vmap').leaves.map(() => (axes === undefined ? 0 : (axes[i] ?? null))),
    )
    let size: number | null = null
    const leaves = input.leaves.map((x, i) => {
      const axis = axisOf[i]!
      if (axis === null) return x
      const resolved = resolveAxis('vmap', axis, x.rank)
      const extent = x.shape[resolved]!
      if (size !== null && size !== extent) {
        refuse(
          'vmap',
          `argument ${input.paths[i]} has ${extent} entries along axis ${axis}, an earlier one ${size}; make them equal`,
        )
      }
      size = extent
      return moveAxis(x, resolved, 0)
    })
    if (size === null) return refuse('vmap', 'no argument is mapped; give at least one an axis')
    const count: number = size
    const specs = leaves.map((x, i) => ({
      shape: axisOf[i] === null ? x.shape : x.shape.slice(1),
      dtype: x.dtype,
    }))
    const { graph, captures, output } = withPlaceholders(specs, 'example', (stands, level) => {
      const result = flatten(f(...(unflatten<Tree>(input.structure, stands) as unknown as Args)), 'vmap', '')
      return { ...close(result.leaves, stands, level), output: result }
    })
    const flags = graph.inputs.map((_, i) => i < leaves.length && axisOf[i] !== null)
    const result = batchGraph(graph, [...leaves, ...captures], flags, count)
    const stacked = result.outputs.map((y, i) => {
      const all = result.batched[i] ? y : broadcastTo(y, [count, ...y.shape])
      return moveAxis(all, 0, out < 0 ? out + all.rank : out)
    })
    return unflatten<Tree>(output.structure as Structure, stacked) as Result
  }
}
