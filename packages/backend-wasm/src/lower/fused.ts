import type { Shape, Tensor } from '@tapeloop/core'
import type { Elementwise } from '../kernels/elementwise.js'
import { map } from '../kernels/map.js'
import { bytesOf } from '../kernels/memory.js'
import { layoutOf, type Program, type Step } from '../kernels/program.js'
import { isRowReduction, linkTo, sourceOf } from './graph.js'
import { overAxes } from './move.js'
import { collapsed, reshaped, type Address, type Place } from './place.js'
import { numberOf, placeOf, room, rowMajorOf, settle, type Scope } from './scope.js'
import type { Unit } from './units.js'

/** The axes that a fused kernel goes through: those of a matrix's rows, and those of its columns. */
interface Axes {
  readonly lead: Shape
  readonly columns: Shape
}

/** What a fused kernel reads or writes: bytes a step along each lead axis, and whether it has a number a column. */
interface Operand {
  readonly address: Address
  readonly lead: readonly number[]
  readonly each: boolean
}

/** Adds a fused kernel. `needed` are the tensors that others read. */
export function emitFused(scope: Scope, unit: Unit, needed: ReadonlySet<Tensor>): void {
  const axes = axesOf(unit)
  const { steps, valueOf, inputs } = stepsOf(scope, unit)
  const ins = inputs.map(({ tensor, isRow }) => operandOf(scope, tensor, axes, isRow))
  const results = unit.nodes.map(({ outputs }) => outputs[0]!).filter((tensor) => needed.has(tensor))
  const written = results.flatMap((tensor) => placesFor(scope, tensor, axes, unit.ofRows.has(tensor)))
  const program: Program = {
    inputs: inputs.map(({ tensor }, i) => ({ dtype: tensor.dtype, each: ins[i]!.each })),
    steps,
    outputs: written.map(({ tensor, operand }) => ({ value: valueOf.get(tensor)!, each: operand.each })),
  }
  const { program: whole, scratch } = withScratch(program, axes)
  const outs = [...written.map(({ operand }) => operand), ...scratch]
  emitCalls(scope, unit, whole, [...ins, ...outs], axes)
  for (const tensor of results) {
    const places = written.filter((entry) => entry.tensor === tensor).map(({ place }) => place)
    settle(scope, tensor, places[0]!, places)
  }
}

/** The axes of the unit's space, as its tensors have them. */
function axesOf({ nodes, space, ofRows }: Unit): Axes {
  const reduction = nodes.find(isRowReduction)
  const { shape } = reduction
    ? reduction.inputs[0]!
    : nodes.map(({ outputs }) => outputs[0]!).find((y) => !ofRows.has(y))!
  let first = shape.length
  for (let columns = 1; columns !== space!.columns;) columns *= shape[--first]!
  return { lead: shape.slice(0, first), columns: shape.slice(first) }
}

interface Input {
  readonly tensor: Tensor
  /** whether it has one number a row by itself */
  readonly isRow: boolean
}

/** The steps of a unit. Inputs are what it does not compute, in the order of first use. */
export function stepsOf(scope: Scope, { nodes, space, ofRows }: Pick<Unit, 'nodes' | 'space' | 'ofRows'>) {
  const made = new Set(nodes.map(({ outputs }) => outputs[0]!))
  const isRow = (tensor: Tensor) => ofRows.has(tensor)
  const inputs: Input[] = []
  const numbers = new Map<string, number>()
  const read = nodes.map((node) =>
    node.inputs.map((operand) => {
      const number = numberOf(scope, operand)
      if (number !== null)
        return { literal: `${operand.dtype} ${Object.is(number, -0) ? '-0' : number}`, number, operand }
      const source = sourceOf(operand)
      if (made.has(source) && linkTo(operand, source, space!) !== 'other') return { member: source }
      const needsRow = isRow(node.outputs[0]!) && !isRowReduction(node)
      let input = inputs.findIndex(({ tensor, isRow }) => tensor === operand && isRow === needsRow)
      if (input < 0) input = inputs.push({ tensor: operand, isRow: needsRow }) - 1
      return { input }
    }),
  )
  const steps: Step[] = []
  const valueOf = new Map<Tensor, number>()
  const add = (step: Step) => inputs.length + steps.push(step) - 1
  nodes.forEach((node, i) => {
    const args = read[i]!.map((operand) => {
      if (operand.member) return valueOf.get(operand.member)!
      if (operand.input !== undefined) return operand.input
      const known = numbers.get(operand.literal)
      if (known !== undefined) return known
      const { dtype } = operand.operand
      const value = add({ op: 'full', args: [], dtype, value: operand.number })
      numbers.set(operand.literal, value)
      return value
    })
    const [y] = node.outputs
    valueOf.set(y!, add({ op: node.op.name as Elementwise, args, dtype: y!.dtype }))
  })
  return { steps, valueOf, inputs }
}

/** A tensor as the kernel steps through it; copied where it cannot. */
export function operandOf(scope: Scope, tensor: Tensor, axes: Axes, isRow: boolean): Operand {
  return (
    seenAs(placeOf(scope, tensor), tensor, axes, isRow) ??
    seenAs(rowMajorOf(scope, tensor), tensor, axes, isRow)!
  )
}

function seenAs(
  place: Place,
  { shape, dtype }: Tensor,
  { lead, columns }: Axes,
  isRow: boolean,
): Operand | null {
  const seen = reshaped(place, shape, isRow ? lead : [...lead, ...columns])
  if (seen === null) return null
  const operand = { address: place, lead: seen.strides.slice(0, lead.length) }
  if (isRow) return { ...operand, each: false }
  const along = collapsed(columns, [seen.strides.slice(lead.length)])
  const stride = along.shape.length === 0 ? bytesOf[dtype] : along.strides[0]![0]!
  if (along.shape.length > 1 || (stride !== 0 && stride !== bytesOf[dtype])) return null
  return { ...operand, each: stride !== 0 }
}

/** Where a result is written: everywhere it is wanted, as far as the kernel can step there, or room of its own. */
function placesFor(scope: Scope, tensor: Tensor, axes: Axes, isRow: boolean) {
  const seen = (place: Place) => {
    const operand = seenAs(place, tensor, axes, isRow)
    return operand && (isRow || operand.each) ? [{ tensor, place, operand }] : []
  }
  const targets = (scope.targets.get(tensor) ?? []).flatMap(seen)
  return targets.length > 0 ? targets : seen(room(tensor))
}

const heavy = new Set<string>([
  'exp',
  'expm1',
  'log',
  'log1p',
  'sin',
  'cos',
  'tanh',
  'sigmoid',
  'erf',
  'pow',
  'atan2',
])

/** The program with room, one row each, for what one pass computes at length and a later one needs again. */
function withScratch(program: Program, { columns, lead }: Axes): { program: Program; scratch: Operand[] } {
  const { facts } = layoutOf(program)
  const first = program.inputs.length
  const isReadLater = (n: number) =>
    program.steps.some(({ op, args }, i) => {
      const reads = (args as readonly number[]).includes(n)
      return reads && facts[first + i]!.pass - (op === 'sum' || op === 'max' ? 1 : 0) > facts[n]!.pass
    })
  const kept = program.steps.flatMap(({ op }, i) => {
    const n = first + i
    const isStored = program.outputs.some(({ value, each }) => value === n && each)
    return heavy.has(op) && facts[n]!.each && !isStored && isReadLater(n) ? [n] : []
  })
  const scratch = kept.map((n) => ({
    address: room({ shape: columns, dtype: facts[n]!.dtype, size: columns.reduce((size, n) => size * n, 1) }),
    lead: lead.map(() => 0),
    each: true,
  }))
  const outputs = [...program.outputs, ...kept.map((value) => ({ value, each: true }))]
  return { program: { ...program, outputs }, scratch }
}

function emitCalls(
  scope: Scope,
  { ofRows, nodes }: Unit,
  program: Program,
  operands: readonly Operand[],
  { lead, columns }: Axes,
): void {
  const size = columns.reduce((size, n) => size * n, 1)
  const reduces = ofRows.size > 0 || nodes.some(isRowReduction)
  let { shape, strides } = collapsed(
    lead,
    operands.map((operand) => operand.lead),
  )
  let width = size
  // without sums over a row, rows that follow one another in every operand are one long row
  if (!reduces) {
    const types = [
      ...program.inputs.map(({ dtype }) => dtype),
      ...program.outputs.map(({ value }) => layoutOf(program).facts[value]!.dtype),
    ]
    const joins = () =>
      operands.every(({ each }, i) => strides.at(-1)![i] === (each ? size * bytesOf[types[i]!] : 0))
    if (shape.length > 0 && joins()) {
      width *= shape.at(-1)!
      shape = shape.slice(0, -1)
      strides = strides.slice(0, -1)
    }
  }
  const rows = shape.at(-1) ?? 1
  const around = shape.slice(0, -1)
  const walkers = operands.map(({ address }, i) => ({
    address,
    strides: around.map((_, axis) => strides[axis]![i]!),
  }))
  const kernel = map(program)
  overAxes(scope.list, around, walkers, (list, addresses) => {
    const words = addresses.flatMap((address, i) => [address, strides.at(-1)?.[i] ?? 0])
    list.push({ kind: 'call', kernel, words: [rows, width, ...words] })
  })
}
