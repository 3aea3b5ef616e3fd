import { i32, int } from '../emit/code.js'
import { kernel, type Kernel, type Writer } from './kernel.js'
import { storeLanes } from './memory.js'
import {
  addressesAt,
  computeRowValues,
  layoutOf,
  loadRowInputs,
  parametersOf,
  placeAt,
  sharingOfRows,
  type Layout,
  type Parameters,
  type Program,
  type RowValues,
} from './program.js'
import { accumulator, type Accumulator } from './reduction.js'

/**
 * The kernel of a program that works row by row; parameters as `parametersOf` lists them. An output may take an input's
 * memory where both have the same strides and no later pass reads that input.
 */
export function map(program: Program): Kernel {
  const layout = layoutOf(program)
  return kernel(`map ${JSON.stringify(program)}`, parametersOf(program), (w, p) => writeRows(w, p, layout), {
    hosts: layout.hosts,
    sharing: sharingOfRows(layout),
  })
}

function writeRows(w: Writer, p: Parameters, layout: Layout): void {
  const { f } = w
  const { program, facts, count } = layout
  const { inputs, outputs } = program
  f.count(p['rows']!, 1, () => {
    const row = loadRowInputs(w, p, layout)
    const passes = Math.max(...facts.map(({ pass }) => pass))
    for (let pass = 0; pass <= passes; pass++) {
      computeRowValues(w, layout, pass, row)
      writePass(w, p, layout, pass, row)
    }
    outputs.forEach(({ value, each }, i) => {
      if (each) return
      const { dtype, code } = row.get(value)!
      f.do(storeLanes(f, { dtype, count, active: 1 }, p[`out${i}`]!, code))
    })
    inputs.forEach((_, i) => f.advance(p[`in${i}`]!, p[`in${i}Row`]!))
    outputs.forEach((_, i) => f.advance(p[`out${i}`]!, p[`out${i}Row`]!))
  })
}

/** One pass over the columns of a row: what it reduces, and the outputs it is the first to know. */
function writePass(w: Writer, p: Parameters, layout: Layout, pass: number, row: RowValues): void {
  const { f } = w
  const { program, facts, count } = layout
  const stored = program.outputs.flatMap(({ value, each }, i) =>
    each && facts[value]!.pass === pass ? [{ value, i }] : [],
  )
  const reductions: { n: number; arg: number; into: Accumulator }[] = []
  program.steps.forEach(({ op, args, dtype }, i) => {
    const n = program.inputs.length + i
    if ((op === 'sum' || op === 'max') && facts[n]!.pass === pass + 1)
      reductions.push({ n, arg: args[0], into: accumulator(f, op, dtype, count) })
  })
  if (stored.length + reductions.length === 0) return
  // two vectors side by side, where the engine may turn them into one
  const vectors = w.level === 'wide' ? 2 : 1
  const column = f.let('i32', int(0))
  const step = (active: number, vectors: number) => {
    const address = addressesAt(w, p, column)
    const places = Array.from({ length: vectors }, (_, v) =>
      placeAt(w, layout, { pass, skip: v * count, active, row, address }),
    )
    for (const { arg, into } of reductions)
      for (const { valueOf } of places) into.add(valueOf(arg).code, active < count)
    const values = stored.map(({ value }) => places.map(({ valueOf }) => valueOf(value).code))
    stored.forEach(({ i }, s) => places.forEach(({ store }, v) => store(i, values[s]![v]!)))
  }
  f.until(column, i32.and(p['columns']!, -vectors * count), vectors * count, () => step(count, vectors))
  f.until(column, p['columns']!, 1, () => step(1, 1))
  for (const { n, into } of reductions)
    row.set(n, { dtype: facts[n]!.dtype, code: f.let('v128', into.total()) })
}
