import { refuse, type PrimitiveName } from '@tapeloop/core'
import { attrsOf, type Node } from './graph.js'
import { emitHost } from './host.js'
import { emitFoldIn, emitPick, emitPlace, emitRandomBits, emitScatterAdd, emitTake } from './indexing.js'
import { emitScan } from './loop.js'
import { lowerGraph } from './lower-graph.js'
import { emitConcat, emitIota, emitPad } from './movement.js'
import { emitProduct } from './product.js'
import { emitReduction } from './reduction.js'
import { freshScope, numberOf, placeOf, room, settle, wanted, type Scope } from './scope.js'

/** How a node that is in no fused kernel is added to a plan. */
type Route = (scope: Scope, node: Node) => void

/** Elementwise ops outside of fused kernels have no elements, or a dtype that only the reference knows. */
const alone: Route = (scope, node) => {
  if (node.outputs[0]!.size > 0) emitHost(scope, node)
  else settle(scope, node.outputs[0]!, room(node.outputs[0]!))
}

/** Views and literals are found when they are read. */
const nothing: Route = () => {}

/** A function with a derivative of its own is the graph of its value. */
const emitCustom: Route = (scope, node) => {
  const { body } = attrsOf(node, 'custom')!
  const inner = freshScope(scope.shared, scope.list, scope.around)
  body.inputs.forEach((stand, i) => {
    const number = numberOf(scope, node.inputs[i]!)
    if (number === null) inner.places.set(stand, placeOf(scope, node.inputs[i]!))
    else inner.literals.set(stand, number)
  })
  const places = node.outputs.map((output) => wanted(scope, output, () => true))
  lowerGraph(inner, body, places, [])
  node.outputs.forEach((output, i) => settle(scope, output, places[i]!))
}

/** Every primitive: a missing one is a type error. */
const routes: Record<PrimitiveName, Route> = {
  neg: alone,
  abs: alone,
  sign: alone,
  floor: alone,
  exp: alone,
  expm1: alone,
  log: alone,
  log1p: alone,
  sin: alone,
  cos: alone,
  tanh: alone,
  sigmoid: alone,
  sqrt: alone,
  erf: alone,
  not: alone,
  add: alone,
  sub: alone,
  mul: alone,
  div: alone,
  pow: alone,
  maximum: alone,
  minimum: alone,
  atan2: alone,
  remainder: alone,
  equal: alone,
  less: alone,
  lessEqual: alone,
  and: alone,
  or: alone,
  select: alone,
  cast: alone,
  stop: nothing,
  full: nothing,
  iota: emitIota,
  reshape: nothing,
  transpose: nothing,
  broadcast: nothing,
  slice: nothing,
  pad: emitPad,
  flip: nothing,
  concat: emitConcat,
  sum: emitReduction,
  max: emitReduction,
  argmax: emitHost,
  cumsum: emitHost,
  argsort: emitHost,
  matmul: emitProduct,
  take: emitTake,
  scatterAdd: emitScatterAdd,
  pick: emitPick,
  place: emitPlace,
  randomBits: emitRandomBits,
  foldIn: emitFoldIn,
  scan: emitScan,
  custom: emitCustom,
}

/**
 * Adds one node to a plan.
 *
 * @throws where its op is none of the primitives, as one that a package adds for itself
 */
export function emitNode(scope: Scope, node: Node): void {
  const { name } = node.op
  if (!Object.hasOwn(routes, name))
    refuse('wasm', `it has no kernel for ${name}; compute that outside of compile, and pass in the result`)
  routes[name as PrimitiveName](scope, node)
}
