import { isFloat } from '../dtype.js'
import { close, orderOf, placeholder, substitute, withPlaceholders } from '../graph.js'
import type { Linearized, Maybe, Spec } from '../op.js'
import { concat, sliceAxis } from '../ops/concat.js'
import { zeros } from '../ops/literal.js'
import { reshape } from '../ops/movement.js'
import { buildScan, scanOp, splitRoles, type ScanAttrs } from '../ops/scan.js'
import { apply, type Tensor } from '../tensor.js'
import { activeOutputs, follow, settle } from './activity.js'
import { linearizeGraph, plus } from './vjp.js'

/** Which carries, and which outputs, of a loop depend differentiably on its active inputs. */
export function settleActivity(active: readonly boolean[], attrs: ScanAttrs) {
  const { body, carries } = attrs
  const given = splitRoles(active, attrs)
  const flagsFor = (carry: readonly boolean[]) => [...carry, ...given.sequences, ...given.constants]
  const carry = settle(given.carry, (flags) => follow(body, flagsFor(flags), activeOutputs))
  const outputs = follow(body, flagsFor(carry), activeOutputs).map(
    (isActive, i) => isActive || (i < carries && carry[i]!),
  )
  return { carry, inputs: flagsFor(carry), outputs }
}

export function activityOfScan(
  active: readonly boolean[],
  _inputs: readonly Spec[],
  attrs: ScanAttrs,
): readonly boolean[] {
  return settleActivity(active, attrs).outputs
}

/**
 * Reverse mode of a loop, itself a loop in the other direction. The body is linearised once, on placeholders. What the
 * backward body reads of the forward one is a *saved value*: a further stack of the forward loop, unless it is a
 * sequence or a constant (there already), a carry (its own stack, shifted by one) or computed from constants alone.
 */
export function linearizeScan(
  active: readonly boolean[],
  inputs: readonly Tensor[],
  attrs: ScanAttrs,
): Linearized {
  const activity = settleActivity(active, attrs)
  return withPlaceholders(attrs.body.inputs, 'loop value', (stand, level) => {
    const forward = linearizeGraph(attrs.body, stand, activity.inputs)
    const region = regionOf(forward.outputs, stand, attrs)
    const everything = forward.outputs.map((y, i) =>
      activity.outputs[i] && isFloat(y.dtype) ? placeholder(y, 'cotangent', level + 1) : null,
    )
    const saved = region.readBy(forward.pull(everything))
    const run = () => runForward(forward.outputs, stand, saved, inputs, attrs, level)
    const kept = attrs.recompute ? null : run()
    const outputs = kept?.outputs ?? apply(scanOp, inputs, attrs)
    return {
      outputs,
      active: activity.outputs,
      pull: (cotangents, running = []) =>
        pullLoop({
          cotangents,
          running,
          activity,
          forward,
          region,
          stand,
          attrs,
          inputs,
          kept: kept ?? run(),
        }),
    }
  })
}

/** The forward half of a linearised body. */
interface Region {
  /** values of the forward body that these backward values read, in order of first use */
  readBy(values: readonly Maybe[]): readonly Tensor[]
}

function regionOf(outputs: readonly Tensor[], stand: readonly Tensor[], attrs: ScanAttrs): Region {
  const { carry, sequences } = splitRoles(stand, attrs)
  const changing = new Set<Tensor>([...carry, ...sequences])
  for (const node of orderOf(outputs)) {
    // every output of a node that changes over time changes, those nobody reads yet included
    if (node.inputs.some((input) => changing.has(input)))
      for (const output of node.outputs) changing.add(output)
  }
  const isForward = (tensor: Tensor) => changing.has(tensor)
  return {
    readBy(values) {
      const found = new Set<Tensor>()
      const look = (tensor: Tensor) => void (isForward(tensor) && found.add(tensor))
      const tensors = values.filter((value) => value !== null)
      tensors.forEach(look)
      for (const node of orderOf(tensors, isForward)) node.inputs.forEach(look)
      return [...found]
    },
  }
}

/** A run of the loop that keeps what the backward pass reads: each saved value with its stack. */
interface Kept {
  readonly outputs: readonly Tensor[]
  readonly stacks: ReadonlyMap<Tensor, Tensor>
}

function runForward(
  outputs: readonly Tensor[],
  stand: readonly Tensor[],
  saved: readonly Tensor[],
  inputs: readonly Tensor[],
  attrs: ScanAttrs,
  level: number,
): Kept {
  const { carries } = attrs
  const { carry, sequences } = splitRoles(stand, attrs)
  const given = splitRoles(inputs, attrs)
  const bodyOutputs = [...outputs]
  const stackOf = (value: Tensor) => {
    const at = bodyOutputs.indexOf(value, carries)
    return at >= 0 ? at : bodyOutputs.push(value) - 1
  }
  const places = new Map<Tensor, number>()
  for (const value of saved) {
    const i = carry.indexOf(value)
    if (!sequences.includes(value)) places.set(value, stackOf(i >= 0 ? outputs[i]! : value))
  }
  // what depends on nothing in the body, as a loop over literals, is an input of the loop from here on
  const { graph, captures } = close(bodyOutputs, stand, level)
  const again = attrs.recompute ? { again: true as const } : {}
  const results = apply(scanOp, [...inputs, ...captures], {
    ...attrs,
    body: graph,
    recompute: false,
    ...again,
  })
  const stacks = new Map<Tensor, Tensor>()
  for (const value of saved) {
    const i = carry.indexOf(value)
    const place = places.get(value)
    if (place === undefined) stacks.set(value, given.sequences[sequences.indexOf(value)]!)
    else stacks.set(value, i < 0 ? results[place]! : delayed(given.carry[i]!, results[place]!, attrs))
  }
  return { outputs: results.slice(0, outputs.length), stacks }
}

/** What a carry was at the start of each step, from its start and the stack of what it was at the end. */
function delayed(start: Tensor, stack: Tensor, { length, reverse }: ScanAttrs): Tensor {
  if (length === 0) return stack
  const first = reshape(start, [1, ...start.shape])
  return reverse
    ? concat([sliceAxis(stack, 0, 1, length), first])
    : concat([first, sliceAxis(stack, 0, 0, length - 1)])
}

interface Backward {
  readonly cotangents: readonly Maybe[]
  readonly running: readonly Maybe[]
  readonly activity: ReturnType<typeof settleActivity>
  readonly forward: Linearized
  readonly region: Region
  readonly stand: readonly Tensor[]
  readonly attrs: ScanAttrs
  readonly inputs: readonly Tensor[]
  readonly kept: Kept
}

/** The backward loop: carries `[cotangents of the carry | sums for the constants]`, stacks the sequences' cotangents. */
function pullLoop(backward: Backward): readonly Maybe[] {
  const { cotangents, running, activity, forward, region, stand, attrs, inputs, kept } = backward
  const { carries, length } = attrs
  const finals = cotangents.slice(0, carries).map((part, i) => (activity.carry[i] ? part : null))
  const arriving = cotangents.slice(carries).map((part, i) => (activity.outputs[carries + i] ? part : null))
  const given = splitRoles(inputs, attrs)
  const soFar = splitRoles(
    inputs.map((_, i) => running[i] ?? null),
    attrs,
  )
  return withPlaceholders([...forward.outputs, ...given.constants], 'cotangent', (stands) => {
    const sumStands = stands.slice(forward.outputs.length)
    const pull = (flowing: readonly boolean[], sums: readonly Maybe[]) => {
      const parts = stands.slice(0, forward.outputs.length).map((part, i) => {
        return (i < carries ? flowing[i] : arriving[i - carries]) ? part : null
      })
      const before = [...new Array<null>(stand.length - sums.length).fill(null), ...sums]
      return splitRoles(forward.pull(parts, before), attrs)
    }
    const isThere = (part: Maybe) => part !== null
    let reached!: ReturnType<typeof pull> // by the flags that settle
    const flowing = settle(finals.map(isThere), (flags) => (reached = pull(flags, [])).carry.map(isThere))
    const summed = reached.constants.map(isThere)
    const parts = pull(
      flowing,
      sumStands.map((sum, i) => (summed[i] ? sum : null)),
    )
    const saved = region.readBy([...parts.carry, ...parts.sequences, ...parts.constants])
    const results = buildScan(
      {
        carry: [
          ...keep(
            flowing,
            given.carry.map((value, i) => finals[i] ?? zeros(value.shape, value.dtype)),
          ),
          ...keep(
            summed,
            given.constants.map((value, i) => soFar.constants[i] ?? zeros(value.shape, value.dtype)),
          ),
        ],
        sequences: [
          ...arriving.filter(isThere),
          ...saved.map((value) => kept.stacks.get(value)!),
        ] as Tensor[],
        constants: given.constants,
      },
      { length, reverse: !attrs.reverse, recompute: false },
      (carry, slices, constants) => {
        const from = [
          ...keep(flowing, stands.slice(0, carries)),
          ...keep(summed, sumStands),
          ...keep(arriving.map(isThere), stands.slice(carries)),
          ...saved,
          ...splitRoles(stand, attrs).constants,
        ]
        const to = [...carry, ...slices, ...constants]
        const map = new Map(from.map((value, i) => [value, to[i]!]))
        const next = given.carry.map((value, i) => parts.carry[i] ?? zeros(value.shape, value.dtype))
        const wanted = [...keep(flowing, next), ...parts.constants, ...parts.sequences]
        return substitute(
          wanted.filter((part) => part !== null),
          map,
        )
      },
    )
    let at = 0
    const deal = (flags: readonly boolean[]) => flags.map((has) => (has ? results[at++]! : null))
    const dCarry = deal(flowing)
    const dConstants = deal(summed)
    const dSequences = deal(parts.sequences.map(isThere))
    const total = (parts: readonly Maybe[], sums: readonly Maybe[]) =>
      parts.map((part, i) => part && plus(sums[i]!, part))
    return [...total(dCarry, soFar.carry), ...total(dSequences, soFar.sequences), ...dConstants]
  })
}

function keep<T>(flags: readonly boolean[], values: readonly T[]): T[] {
  return values.filter((_, i) => flags[i])
}
