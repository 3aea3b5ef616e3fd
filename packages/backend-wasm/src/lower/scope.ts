import type { Tensor, TypedArray } from '@tapeloop/core'
import { bytesOf } from '../kernels/memory.js'
import type { Level } from '../kernels/kernel.js'
import { attrsOf, isView, madeBy, sourceOf, type Node } from './graph.js'
import { copy, fill } from './move.js'
import {
  isRowMajor,
  permuted,
  reshaped,
  stepped,
  stretched,
  wholeOf,
  type Address,
  type Buffer,
  type LoopMark,
  type Place,
} from './place.js'
import type { Instruction } from './plan.js'

/** The lowering of one graph: the whole program, or the body of a loop. */
export interface Scope {
  readonly shared: Shared
  /** where instructions go */
  readonly list: Instruction[]
  /** where the tensors known so far are */
  readonly places: Map<Tensor, Place>
  /** inputs of the graph that are one number throughout */
  readonly literals: Map<Tensor, number>
  /** where tensors not yet computed are wanted as well */
  readonly targets: Map<Tensor, Place[]>
  /** matrices packed for products, by what they are views of and how */
  readonly packs: Map<Tensor, Map<string, Address>>
  /** where concatenations will be */
  readonly joined: Map<Node, Joined>
  /** where the carries of loops will be, as far as that is decided */
  readonly carried: Map<Node, readonly (Place | null)[]>
  /** for the body of a loop: what is around it */
  readonly around: Around | null
}

/** The places of a concatenation and of its parts, and which of them other units were asked to fill. */
interface Joined {
  readonly place: Place
  readonly parts: readonly { readonly place: Place; readonly isRequested: boolean }[]
}

export interface Around {
  readonly scope: Scope
  readonly loop: LoopMark
  /** what inputs of the body that do not change stand for */
  readonly constants: ReadonlyMap<Tensor, Tensor>
}

/** What belongs to the whole plan. */
export interface Shared {
  readonly level: Level
  readonly threads: Threads
  /** where kernels record an index outside its axis */
  readonly fault: Buffer
  /** ops by the number under which they record it, from 1 */
  readonly culprits: string[]
}

/** How a plan is shared between threads. */
export interface Threads {
  /** how many there are, 1 or more */
  readonly count: number
  /** work below so many nanoseconds is not shared */
  readonly leastWork: number
  /** a program that gains less nanoseconds than this is not shared: others may have to be woken for it */
  readonly leastGain: number
  /** a thread that runs a loop for some rows of its batch gets a multiple of so many */
  readonly rowGrain: number
}

/** Everything on one thread. */
export const alone: Threads = { count: 1, leastWork: 0, leastGain: 0, rowGrain: 1 }

type Described = Pick<Tensor, 'shape' | 'dtype' | 'size'>

/** A scope that knows nothing yet. */
export function freshScope(shared: Shared, list: Instruction[], around: Around | null): Scope {
  const maps = () => new Map()
  return {
    shared,
    list,
    around,
    places: maps(),
    literals: maps(),
    targets: maps(),
    packs: maps(),
    joined: maps(),
    carried: maps(),
  }
}

/** Row-major room of its own for a tensor. */
export function room({ shape, dtype, size }: Described): Place {
  return wholeOf({ bytes: size * bytesOf[dtype], kind: 'arena' }, shape, dtype)
}

/** Numbers that never change. */
export function constant(numbers: TypedArray, { shape, dtype }: Described): Place {
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
  return wholeOf({ bytes: bytes.length, kind: 'constant', numbers: bytes }, shape, dtype)
}

/** The number that all elements are, where that is known. */
export function numberOf(scope: Scope, tensor: Tensor): number | null {
  const source = sourceOf(tensor)
  return attrsOf(madeBy(source), 'full')?.value ?? scope.literals.get(source) ?? null
}

/** Where a tensor is. Literals are written, and views that strides cannot say are copied, when first asked for. */
export function placeOf(scope: Scope, tensor: Tensor): Place {
  const known = scope.places.get(tensor)
  if (known) return known
  const place = find(scope, tensor)
  scope.places.set(tensor, place)
  return place
}

function find(scope: Scope, tensor: Tensor): Place {
  const number = numberOf(scope, tensor)
  if (number !== null) {
    const { place, shape } = repeated(tensor)
    fill(scope.list, place, shape, tensor.dtype, number)
    return place
  }
  const node = madeBy(tensor)
  if (node === null || !isView(node))
    throw new Error(`${node?.op.name ?? 'input'} is read before it is there`)
  const [x] = node.inputs
  const from = placeOf(scope, x!)
  const view = viewOf(node, from)
  if (view) return view
  // a reshape across strides: lay the numbers out first
  const whole = room(x!)
  copy(scope.list, from, whole, x!.shape, x!.dtype)
  return viewOf(node, whole)!
}

/** One number of memory, seen as a whole tensor. */
function repeated(tensor: Tensor) {
  const place = room({ shape: [], dtype: tensor.dtype, size: 1 })
  return { place: { ...place, strides: tensor.shape.map(() => 0) }, shape: [] }
}

/** What a view node makes of a place; null where strides cannot say it. */
function viewOf(node: Node, place: Place): Place | null {
  const { shape } = node.inputs[0]!
  const reshape = attrsOf(node, 'reshape')
  if (reshape) return reshaped(place, shape, reshape.shape)
  const transpose = attrsOf(node, 'transpose')
  if (transpose) return permuted(place, transpose.permutation)
  const broadcast = attrsOf(node, 'broadcast')
  if (broadcast) return stretched(place, shape, broadcast.shape)
  const slice = attrsOf(node, 'slice')
  if (slice) return stepped(place, slice.start, slice.step)
  const flip = attrsOf(node, 'flip')
  if (!flip) return place
  const isFlipped = shape.map((_, axis) => flip.axes.includes(axis))
  return stepped(
    place,
    shape.map((extent, axis) => (isFlipped[axis] ? extent - 1 : 0)),
    isFlipped.map((turned) => (turned ? -1 : 1)),
  )
}

/** Where a tensor is, in row-major order. */
export function rowMajorOf(scope: Scope, tensor: Tensor): Place {
  const place = placeOf(scope, tensor)
  if (isRowMajor(place, tensor.shape, tensor.dtype)) return place
  const whole = room(tensor)
  copy(scope.list, place, whole, tensor.shape, tensor.dtype)
  scope.places.set(tensor, whole)
  return whole
}

/** Asks that a tensor not yet computed be left in a place. */
export function request(scope: Scope, tensor: Tensor, place: Place): void {
  scope.targets.set(tensor, [...(scope.targets.get(tensor) ?? []), place])
}

/** Where a tensor should be computed to: a place where it is wanted, if it is acceptable, or room of its own. */
export function wanted(scope: Scope, tensor: Tensor, accepts: (place: Place) => boolean): Place {
  return scope.targets.get(tensor)?.find(accepts) ?? room(tensor)
}

export function acceptsRowMajor(tensor: Tensor): (place: Place) => boolean {
  return (place) => isRowMajor(place, tensor.shape, tensor.dtype)
}

/** Says where a tensor has been computed to, and copies it to wherever else it is wanted. */
export function settle(
  scope: Scope,
  tensor: Tensor,
  place: Place,
  isThere: readonly Place[] = [place],
): void {
  scope.places.set(tensor, place)
  for (const target of scope.targets.get(tensor) ?? [])
    if (!isThere.includes(target)) copy(scope.list, place, target, tensor.shape, tensor.dtype)
}

/** Whether another unit computes the tensor, so that it can be asked to leave it somewhere. */
export function isComputed(scope: Scope, tensor: Tensor): boolean {
  const node = madeBy(tensor)
  return node !== null && !isView(node) && numberOf(scope, tensor) === null
}
