import { orderOf, type Graph } from '../graph.js'
import type { Spec } from '../op.js'
import { primitives } from '../ops/index.js'
import type { Node } from '../tensor.js'
import { bytesOf, isNodeOf, isScan } from './build.js'

/** A matrix product of [m, k] by [k, n], `count` of them at once. */
export interface Product {
  readonly m: number
  readonly k: number
  readonly n: number
  readonly count: number
}

/** What a program does at one level: once, or in each step of a loop. */
export interface Level {
  readonly products: readonly Product[]
  /** ops that compute, but are no product and no loop */
  readonly light: number
  readonly loops: readonly LoopSurvey[]
}

interface LoopSurvey extends Level {
  readonly length: number
  readonly reverse: boolean
  /** bytes of all the stacks it writes */
  readonly stackedBytes: number
}

/** What a program will do, read off its graph. */
export interface Survey extends Level {
  /** floating-point operations of a run: two for each step of a product, one for each element of anything else */
  readonly flops: number
}

/** Reads off a program what it will do: its products, its loops with theirs, and how many operations. */
export function survey(graph: Graph): Survey {
  return { ...levelOf(graph), flops: flopsOf(graph) }
}

function levelOf(graph: Graph): Level {
  const nodes = orderOf(graph.outputs)
  return {
    products: nodes.flatMap((node) => productOf(node) ?? []),
    light: nodes.filter((node) => node.op.cost === 'light').length,
    loops: nodes.filter(isScan).map(({ attrs: { body, carries, length, reverse }, outputs }) => ({
      ...levelOf(body),
      length,
      reverse,
      stackedBytes: outputs.slice(carries).reduce((sum, stack) => sum + bytesOf(stack), 0),
    })),
  }
}

/** The shape of a product; null for other nodes. */
function productOf(node: Node): Product | null {
  if (!isNodeOf(node, primitives.matmul)) return null
  const [a] = node.inputs as readonly Spec[]
  const { shape } = node.outputs[0]!
  const [m, n] = [shape.at(-2)!, shape.at(-1)!]
  const k = a!.shape.at(node.attrs.transposeA ? -2 : -1)!
  const count = shape.slice(0, -2).reduce((all, extent) => all * extent, 1)
  return { m, k, n, count }
}

/** `2×3×4` for [2, 3] by [3, 4]; `5·2×3×4` for five of them. */
export function showProduct({ m, k, n, count }: Product): string {
  return `${count === 1 ? '' : `${count}·`}${m}×${k}×${n}`
}

/** The products of a level, and those of its loops in brackets. */
export function showProducts({ products, loops }: Level): string {
  return [...products.map(showProduct), ...loops.map((loop) => `(${showProducts(loop)})`)].join(' ')
}

function flopsOf(graph: Graph): number {
  return orderOf(graph.outputs).reduce((sum, node) => {
    if (isScan(node)) return sum + node.attrs.length * flopsOf(node.attrs.body)
    const product = productOf(node)
    if (product) return sum + 2 * product.count * product.m * product.k * product.n
    if (node.op.cost === 'free') return sum
    return sum + Math.max(...[...node.inputs, ...node.outputs].map(({ size }) => size))
  }, 0)
}
