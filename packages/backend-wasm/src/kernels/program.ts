import type { DType } from '@tapeloop/core'
import { i32 } from '../emit/code.js'
import type { Local } from '../emit/function.js'
import { elementwise, hostsOf, literal, type Elementwise, type Value } from './elementwise.js'
import type { HostFunction, Sharing, Writer } from './kernel.js'
import { bytesOf, loadLanes, loadSplat, storeLanes } from './memory.js'

/**
 * What a fused kernel computes at every place of a matrix `[rows, columns]`. Values are numbered: the inputs, then the
 * steps, each from values before it. A value is a matrix, or has one number a row: an input that is not `each`, a
 * literal, a sum or maximum over the columns, and whatever is computed from such values alone.
 */
export interface Program {
  readonly inputs: readonly ProgramInput[]
  readonly steps: readonly Step[]
  readonly outputs: readonly ProgramOutput[]
}

export interface ProgramInput {
  readonly dtype: DType
  /** whether there is a number for each column; else one for the row */
  readonly each: boolean
}

interface ProgramOutput {
  /** which value is stored */
  readonly value: number
  /** whether it is stored in each column; else once a row */
  readonly each: boolean
}

export type Step =
  | { readonly op: Elementwise; readonly args: readonly number[]; readonly dtype: DType }
  | { readonly op: 'sum' | 'max'; readonly args: readonly [number]; readonly dtype: DType }
  | { readonly op: 'full'; readonly args: readonly []; readonly dtype: DType; readonly value: number }

/** What is known of a value before any code. */
interface Fact {
  readonly dtype: DType
  readonly each: boolean
  /** how many passes over the columns must be complete before it can be computed */
  readonly pass: number
}

/** A program with what follows from it. */
export interface Layout {
  readonly program: Program
  readonly facts: readonly Fact[]
  /** lanes of a vector: 2 where anything is float64, else 4 */
  readonly count: number
  readonly hosts: readonly HostFunction[]
}

export function layoutOf(program: Program): Layout {
  const { inputs, steps } = program
  const facts: Fact[] = inputs.map(({ dtype, each }) => ({ dtype, each, pass: 0 }))
  for (const { op, args, dtype } of steps) {
    const from = args.map((n) => facts[n]!)
    const pass = Math.max(0, ...from.map((fact) => fact.pass))
    const reduces = op === 'sum' || op === 'max'
    facts.push({ dtype, each: !reduces && from.some(({ each }) => each), pass: reduces ? pass + 1 : pass })
  }
  const count = facts.some(({ dtype }) => dtype === 'float64') ? 2 : 4
  return { program, facts, count, hosts: [...new Set(steps.flatMap(({ op }) => hostsOf(op)))] }
}

/**
 * The parameters of a fused kernel: `rows`, `columns`, then for each input and output its address and the bytes from row
 * to row: `in0`, `in0Row`, …, `out0`, `out0Row`, …. 0 bytes repeat one row. Columns lie one after the other.
 */
export function parametersOf({ inputs, outputs }: Program): string[] {
  const operands = [...inputs.map((_, i) => `in${i}`), ...outputs.map((_, i) => `out${i}`)]
  return ['rows', 'columns', ...operands.flatMap((name) => [name, `${name}Row`])]
}

/** Nanoseconds for one number of a program, roughly: loads and stores, and what it computes. */
function timeOf({ program: { inputs, steps, outputs }, facts, count }: Layout): number {
  const operands = inputs.length + outputs.length
  const heavy = steps.filter(({ op }) => op.length > 3 && op !== 'select' && op !== 'cast').length
  return (0.15 * operands + 0.1 * steps.length + heavy) * (facts.length > 0 ? 4 / count : 1)
}

/** A fused kernel's rows, or the columns of its one row if nothing is summed along it. */
export function sharingOfRows(layout: Layout): Sharing {
  const { program, facts } = layout
  const { inputs, outputs } = program
  const names = [...inputs.map((_, i) => `in${i}`), ...outputs.map((_, i) => `out${i}`)]
  const isPlain = facts.every(({ pass }) => pass === 0) && outputs.every(({ each }) => each)
  const bytes = (i: number) => {
    const value = i < inputs.length ? i : outputs[i - inputs.length]!.value
    return facts[value]!.each || i >= inputs.length ? bytesOf[facts[value]!.dtype] : 0
  }
  return {
    writes: names.slice(inputs.length),
    work: (of) => of('rows') * of('columns') * timeOf(layout),
    cuts: (of) =>
      of('rows') > 1
        ? [{ count: 'rows', grain: 1, steps: stepsOf(names, (_, name) => of(`${name}Row`)) }]
        : isPlain
          ? [{ count: 'columns', grain: 16, steps: stepsOf(names, (i) => 16 * bytes(i)) }]
          : [],
  }
}

/** A fold's columns. */
export function sharingOfColumns(layout: Layout): Sharing {
  const { program, facts } = layout
  const { inputs, outputs } = program
  const reads = inputs.map((_, i) => `in${i}`)
  const writes = outputs.map((_, i) => `out${i}`)
  const ofInput = (i: number) => (inputs[i]!.each ? 16 * bytesOf[inputs[i]!.dtype] : 0)
  const ofOutput = (i: number) => 16 * bytesOf[facts[outputs[i]!.value]!.dtype]
  const steps = { ...stepsOf(reads, ofInput), ...stepsOf(writes, ofOutput) }
  return {
    writes,
    work: (of) => of('rows') * of('columns') * timeOf(layout),
    cuts: () => [{ count: 'columns', grain: 16, steps }],
  }
}

function stepsOf(names: readonly string[], step: (i: number, name: string) => number) {
  return Object.fromEntries(names.map((name, i) => [name, step(i, name)]))
}

export type Parameters = Readonly<Record<string, Local<'i32'>>>

/** Values with one number a row, as far as they are computed. */
export type RowValues = Map<number, Value>

/** The inputs with one number a row, at the row where the addresses stand. */
export function loadRowInputs({ f }: Writer, p: Parameters, { program }: Layout): RowValues {
  const values: RowValues = new Map()
  program.inputs.forEach(({ dtype, each }, n) => {
    if (!each) values.set(n, { dtype, code: f.let('v128', loadSplat(dtype, p[`in${n}`]!)) })
  })
  return values
}

/** Adds the values with one number a row that become known before a pass. */
export function computeRowValues(w: Writer, { program, facts, count }: Layout, pass: number, row: RowValues) {
  program.steps.forEach((step, i) => {
    const n = program.inputs.length + i
    const { dtype, each, pass: first } = facts[n]!
    if (each || first !== pass || step.op === 'sum' || step.op === 'max') return
    if (step.op === 'full') {
      row.set(n, { dtype, code: w.f.constant('v128', literal(dtype, step.value)) })
      return
    }
    const operands = step.args.map((arg) => row.get(arg)!)
    row.set(n, { dtype, code: w.f.let('v128', elementwise(w, count, step.op, operands, dtype)) })
  })
}

/** Where a vector is: `active` columns from `column + skip`, in a pass over a row. */
export interface At {
  readonly pass: number
  readonly skip: number
  readonly active: number
  readonly row: RowValues
  /** where an operand's column is */
  readonly address: (name: string, dtype: DType) => Local<'i32'>
}

/** Addresses of operands at a column: one variable each, so that neighbouring vectors are seen to be neighbours. */
export function addressesAt({ f }: Writer, p: Parameters, column: Local<'i32'>): At['address'] {
  const known = new Map<string, Local<'i32'>>()
  return (name, dtype) => {
    const shift = Math.log2(bytesOf[dtype])
    const address = known.get(name) ?? f.let('i32', i32.add(p[name]!, i32.shl(column, shift)))
    known.set(name, address)
    return address
  }
}

/** The values at one vector of columns: loaded or computed when first asked for. */
export interface Place {
  valueOf(n: number): Value
  store(output: number, value: Local<'v128'>): void
}

export function placeAt(w: Writer, { program, facts, count }: Layout, at: At): Place {
  const { f } = w
  const { inputs, steps, outputs } = program
  const known = new Map(at.row)
  const part = (dtype: DType) => ({ dtype, count, active: at.active })
  const load = (name: string, dtype: DType) =>
    loadLanes(part(dtype), at.address(name, dtype), at.skip * bytesOf[dtype])
  const codeOf = (n: number) => {
    const { dtype, pass } = facts[n]!
    if (n < inputs.length) return load(`in${n}`, dtype)
    const stored = outputs.findIndex(({ value, each }) => value === n && each)
    if (pass < at.pass && stored >= 0) return load(`out${stored}`, dtype) // an earlier pass has stored it
    const step = steps[n - inputs.length]!
    return elementwise(w, count, step.op as Elementwise, step.args.map(valueOf), dtype)
  }
  const valueOf = (n: number): Value => {
    const value = known.get(n) ?? { dtype: facts[n]!.dtype, code: f.let('v128', codeOf(n)) }
    known.set(n, value)
    return value
  }
  return {
    valueOf,
    store(output, value) {
      const { dtype } = facts[outputs[output]!.value]!
      const to = at.address(`out${output}`, dtype)
      f.do(storeLanes(f, part(dtype), to, value, at.skip * bytesOf[dtype]))
    },
  }
}
