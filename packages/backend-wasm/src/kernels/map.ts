import type { DType } from '@tapeloop/core'
import { i32 } from '../emit/code.js'
import type { Local } from '../emit/function.js'
import { elementwise, hostsOf, literal, type Elementwise, type Value } from './elementwise.js'
import { kernel, type Kernel, type Writer } from './kernel.js'
import { bytesOf, loadLanes, loadSplat, storeLanes } from './memory.js'
import { accumulator, type Accumulator } from './reduction.js'

/**
 * What a map kernel computes at every place of a matrix `[rows, columns]`. Values are numbered: the inputs, then the
 * steps, each from values before it. A value is a matrix, or has one number a row: an input that is not `each`, a
 * literal, a sum or maximum over the columns, and whatever is computed from such values alone.
 */
export interface MapProgram {
  readonly inputs: readonly MapInput[]
  readonly steps: readonly MapStep[]
  /** the numbers of the values that are stored */
  readonly outputs: readonly number[]
}

export interface MapInput {
  readonly dtype: DType
  /** whether there is a number for each column; else one for the row */
  readonly each: boolean
}

export type MapStep =
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

/**
 * The kernel of a program. Parameters: `rows`, `columns`, and for each input and output its address and the bytes from
 * row to row (`in0`, `in0Row`, …, `out0`, `out0Row`, …); 0 bytes repeat one row. Columns lie one after the other. An
 * output may be an input's memory where both have the same place at every step, and no later pass reads that input.
 */
export function map(program: MapProgram): Kernel {
  const { inputs, steps, outputs } = program
  const facts = factsOf(program)
  const count = facts.some(({ dtype }) => dtype === 'float64') ? 2 : 4
  const operands = [...inputs.map((_, i) => `in${i}`), ...outputs.map((_, i) => `out${i}`)]
  const names = ['rows', 'columns', ...operands.flatMap((name) => [name, `${name}Row`])]
  const hosts = [...new Set(steps.flatMap(({ op }) => hostsOf(op)))]
  return kernel(
    `map ${JSON.stringify(program)}`,
    names,
    (w, p) => writeRows(w, p, { program, facts, count }),
    hosts,
  )
}

interface Layout {
  readonly program: MapProgram
  readonly facts: readonly Fact[]
  /** lanes of a vector */
  readonly count: number
}

type Parameters = Readonly<Record<string, Local<'i32'>>>

function factsOf({ inputs, steps }: MapProgram): Fact[] {
  const facts: Fact[] = inputs.map(({ dtype, each }) => ({ dtype, each, pass: 0 }))
  for (const { op, args, dtype } of steps) {
    const from = args.map((n) => facts[n]!)
    const pass = Math.max(0, ...from.map((fact) => fact.pass))
    const reduces = op === 'sum' || op === 'max'
    facts.push({ dtype, each: !reduces && from.some(({ each }) => each), pass: reduces ? pass + 1 : pass })
  }
  return facts
}

function writeRows(w: Writer, p: Parameters, layout: Layout): void {
  const { f } = w
  const { program, facts, count } = layout
  const { inputs, outputs } = program
  const row = f.local('i32')
  f.until(row, p['rows']!, 1, () => {
    const ofRow = new Map<number, Value>()
    inputs.forEach(({ dtype, each }, n) => {
      if (!each) ofRow.set(n, { dtype, code: f.let('v128', loadSplat(dtype, p[`in${n}`]!)) })
    })
    const passes = Math.max(...facts.map(({ pass }) => pass))
    for (let pass = 0; pass <= passes; pass++) {
      computeRowValues(w, layout, pass, ofRow)
      writePass(w, p, layout, pass, ofRow)
    }
    outputs.forEach((n, i) => {
      const value = ofRow.get(n)
      if (value) f.do(storeLanes(f, { dtype: value.dtype, count, active: 1 }, p[`out${i}`]!, value.code))
    })
    inputs.forEach((_, i) => f.advance(p[`in${i}`]!, p[`in${i}Row`]!))
    outputs.forEach((_, i) => f.advance(p[`out${i}`]!, p[`out${i}Row`]!))
  })
}

/** The values with one number a row that a pass is the first to know. */
function computeRowValues(
  w: Writer,
  { program, facts, count }: Layout,
  pass: number,
  ofRow: Map<number, Value>,
) {
  program.steps.forEach((step, i) => {
    const n = program.inputs.length + i
    const { dtype, each, pass: first } = facts[n]!
    if (each || first !== pass || step.op === 'sum' || step.op === 'max') return
    const code =
      step.op === 'full'
        ? w.f.constant('v128', literal(dtype, step.value))
        : w.f.let(
            'v128',
            elementwise(
              w,
              count,
              step.op,
              step.args.map((arg) => ofRow.get(arg)!),
              dtype,
            ),
          )
    ofRow.set(n, { dtype, code })
  })
}

/** One pass over the columns of a row: what it reduces, and the outputs it is the first to know. */
function writePass(w: Writer, p: Parameters, layout: Layout, pass: number, ofRow: Map<number, Value>): void {
  const { f } = w
  const { program, facts, count } = layout
  const stored = program.outputs.flatMap((n, i) =>
    facts[n]!.each && facts[n]!.pass === pass ? [{ n, i }] : [],
  )
  const reductions: { n: number; arg: number; into: Accumulator }[] = []
  program.steps.forEach(({ op, args, dtype }, i) => {
    const n = program.inputs.length + i
    if ((op === 'sum' || op === 'max') && facts[n]!.pass === pass + 1)
      reductions.push({ n, arg: args[0], into: accumulator(w, op, dtype, count) })
  })
  if (stored.length + reductions.length === 0) return
  // two vectors side by side, where the engine may turn them into one
  const vectors = w.level === 'wide' ? 2 : 1
  const column = f.let('i32', [0x41, 0])
  const step = (active: number, vectors: number) => {
    const places = Array.from({ length: vectors }, (_, v) =>
      place(w, p, layout, { pass, column, skip: v * count, active, ofRow }),
    )
    for (const { arg, into } of reductions)
      for (const { valueOf } of places) into.add(valueOf(arg).code, active === count)
    const values = stored.map(({ n }) => places.map(({ valueOf }) => valueOf(n).code))
    stored.forEach(({ i }, s) => places.forEach(({ store }, v) => store(i, values[s]![v]!)))
  }
  const whole = f.let('i32', i32.and(p['columns']!, -vectors * count))
  f.until(column, whole, vectors * count, () => step(count, vectors))
  f.until(column, p['columns']!, 1, () => step(1, 1))
  for (const { n, into } of reductions)
    ofRow.set(n, { dtype: facts[n]!.dtype, code: f.let('v128', into.total()) })
}

/** The values at one vector of columns: loaded or computed when first asked for. */
function place(
  w: Writer,
  p: Parameters,
  { program, facts, count }: Layout,
  at: { pass: number; column: Local<'i32'>; skip: number; active: number; ofRow: Map<number, Value> },
) {
  const { f } = w
  const { inputs, steps, outputs } = program
  const known = new Map(at.ofRow)
  const address = (name: string, dtype: DType) => {
    const shift = Math.log2(bytesOf[dtype])
    return i32.add(p[name]!, shift === 0 ? at.column : i32.shl(at.column, shift))
  }
  const part = (dtype: DType) => ({ dtype, count, active: at.active })
  const load = (name: string, dtype: DType) =>
    loadLanes(part(dtype), address(name, dtype), at.skip * bytesOf[dtype])
  const codeOf = (n: number) => {
    const { dtype, pass } = facts[n]!
    if (n < inputs.length) return load(`in${n}`, dtype)
    const output = outputs.indexOf(n)
    if (pass < at.pass && output >= 0) return load(`out${output}`, dtype) // an earlier pass has stored it
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
    store(output: number, value: Local<'v128'>) {
      const { dtype } = facts[outputs[output]!]!
      const to = address(`out${output}`, dtype)
      f.do(storeLanes(f, part(dtype), to, value, at.skip * bytesOf[dtype]))
    },
  }
}
