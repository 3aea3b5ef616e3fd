import { i32, int } from '../emit/code.js'
import { kernel, type Kernel, type Writer } from './kernel.js'
import {
  addressesAt,
  computeRowValues,
  layoutOf,
  loadRowInputs,
  parametersOf,
  placeAt,
  sharingOfColumns,
  type Layout,
  type Parameters,
  type Program,
} from './program.js'
import { accumulator } from './reduction.js'

/**
 * The kernel that adds up (or takes the maximum of) a program's outputs over the rows: `out[column] = Σ value[row,
 * column]`. The program has no reductions of its own; parameters as `parametersOf` lists them, with the rows of outputs
 * unused.
 */
export function fold(op: 'sum' | 'max', program: Program): Kernel {
  const layout = layoutOf(program)
  return kernel(
    `fold ${op} ${JSON.stringify(program)}`,
    parametersOf(program),
    (w, p) => writeColumns(w, p, layout, op),
    { hosts: layout.hosts, sharing: sharingOfColumns(layout) },
  )
}

/** Strips of columns this wide use whole cache lines; longer programs would not fit the registers. */
const stripOf = ({ program }: Layout) => (program.steps.length <= 4 ? 4 : 1)

function writeColumns(w: Writer, p: Parameters, layout: Layout, op: 'sum' | 'max'): void {
  const { f } = w
  const { program, facts, count } = layout
  const { inputs, outputs } = program
  const starts = inputs.map((_, i) => f.let('i32', p[`in${i}`]!))
  const column = f.let('i32', int(0))
  const strip = (active: number, vectors: number) => {
    const into = Array.from({ length: vectors }, () =>
      outputs.map(({ value }) => accumulator(f, op, facts[value]!.dtype, count)),
    )
    starts.forEach((start, i) => f.set(p[`in${i}`]!, start))
    const places = () => {
      const row = loadRowInputs(w, p, layout)
      computeRowValues(w, layout, 0, row)
      const address = addressesAt(w, p, column)
      return into.map((_, v) => placeAt(w, layout, { pass: 0, skip: v * count, active, row, address }))
    }
    f.count(p['rows']!, 1, () => {
      places().forEach(({ valueOf }, v) =>
        outputs.forEach(({ value }, i) => into[v]![i]!.add(valueOf(value).code)),
      )
      inputs.forEach((_, i) => f.advance(p[`in${i}`]!, p[`in${i}Row`]!))
    })
    const address = addressesAt(w, p, column)
    into.forEach((columns, v) =>
      columns.forEach((sum, i) => {
        const at = { pass: 0, skip: v * count, active, row: new Map(), address }
        placeAt(w, layout, at).store(i, f.let('v128', sum.columns()))
      }),
    )
  }
  const wide = stripOf(layout) * count
  f.until(column, i32.and(p['columns']!, -wide), wide, () => strip(count, stripOf(layout)))
  f.until(column, i32.and(p['columns']!, -count), count, () => strip(count, 1))
  f.until(column, p['columns']!, 1, () => strip(1, 1))
}
