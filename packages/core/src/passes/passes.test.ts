import { programs, type Program } from '@tapeloop/testing'
import fc from 'fast-check'
import { describe, test } from 'vitest'
import {
  compile,
  grad,
  isFloat,
  reference,
  scan,
  sin,
  sum,
  tensor,
  verify,
  zeros,
  type Graph,
  type Tensor,
  type TypedArray,
} from '../index.js'
import { substitute } from '../graph.js'
import { optimise, passes, type PassName } from './optimise.js'

/** A traced program with the numbers of its inputs, those it takes from outside included. */
interface Traced {
  readonly graph: Graph
  readonly inputs: readonly TypedArray[]
}

function traced(f: (...args: Tensor[]) => readonly Tensor[], args: readonly Tensor[]): Traced {
  let found: Traced | undefined
  compile(f, {
    backend: {
      name: 'spy',
      compile: (graph) => ({
        run(inputs) {
          found = { graph, inputs: inputs as readonly TypedArray[] }
          return reference.compile(graph, []).run(inputs)
        },
      }),
    },
  })(...args)
  return found!
}

const run = (graph: Graph, inputs: readonly TypedArray[]) =>
  reference.compile(graph, []).run(inputs) as readonly TypedArray[]

/** A scalar that depends on every output. */
const total = (ys: readonly Tensor[]) =>
  ys.reduce((all, y, i) => all.add(sum(sin(y.add(i)))), zeros([], 'float64'))

/** A function of the float arguments alone. */
function ofFloats({ f, args }: Program): { f: (...floats: Tensor[]) => Tensor; floats: Tensor[] } {
  const places = args.flatMap(({ dtype }, i) => (isFloat(dtype) ? [i] : []))
  return {
    f: (...floats) =>
      total(f(...args.map((arg, i) => (places.includes(i) ? floats[places.indexOf(i)]! : arg)))),
    floats: places.map((i) => args[i]!),
  }
}

const gradOf =
  (f: (...args: Tensor[]) => Tensor) =>
  (...args: Tensor[]) =>
    grad((all: readonly Tensor[]) => f(...all))(args)

const modes = {
  values: (program: Program) => traced(program.f, program.args),
  gradients: (program: Program) => {
    const { f, floats } = ofFloats(program)
    return traced((...args) => [f(...args), ...gradOf(f)(...args)], floats)
  },
  'second derivatives': (program: Program) => {
    const { f, floats } = ofFloats(program)
    const slope = gradOf(f)
    return traced(
      (...args) => [...slope(...args), ...gradOf((...args) => total(slope(...args)))(...args)],
      floats,
    )
  },
} as const

/** How results may differ from those of the program as it was traced. */
type Closeness = 'bits' | 'rounding'

/**
 * Equal to the bit (0 and −0 count as equal), or to 1e-12 of the largest element of a result; where rounding of the inputs
 * alone changes a result more than that, to a few hundred times that change.
 */
function checkResults({ graph, inputs }: Traced, other: Traced, closeness: Closeness): void {
  verify(other.graph)
  const expected = run(graph, inputs)
  const actual = run(other.graph, other.inputs)
  let nearby: readonly (readonly TypedArray[])[] | undefined
  const rounded = () =>
    (nearby ??= [1e-15, -1e-15, 3e-15].map((e) =>
      run(
        graph,
        inputs.map((x) =>
          x instanceof Float64Array ? x.map((v, k) => v * (1 + e * (k % 2 === 0 ? 1 : -0.7))) : x,
        ),
      ),
    ))
  expected.forEach((y, i) => {
    const numbers: readonly number[] = Array.from(y)
    const scale = Math.max(1, ...numbers.filter(Number.isFinite).map(Math.abs))
    numbers.forEach((value, j) => {
      const found = actual[i]![j]!
      if (found === value || (Number.isNaN(found) && Number.isNaN(value))) return
      const error = Math.abs(found - value)
      if (closeness === 'rounding' && error <= 1e-12 * scale) return
      const slack =
        closeness === 'bits' ? 0 : 300 * Math.max(...rounded().map((r) => Math.abs(r[i]![j]! - value)))
      if (!(error <= slack)) throw new Error(`element ${j} of result ${i} is ${found}, expected ${value}`)
    })
  })
}

function checkSame(program: Traced, optimised: Graph, closeness: Closeness): void {
  checkResults(program, { graph: optimised, inputs: program.inputs }, closeness)
}

/** No other pass changes the order of a sum. */
const reordering = new Set<PassName>(['layout', 'split', 'distribute', 'merge', 'table'])
const names = Object.keys(passes) as PassName[]

describe.each(Object.keys(modes) as (keyof typeof modes)[])('random programs and their %s', (mode) => {
  const options = mode === 'values' ? {} : { smooth: true }
  const runs = mode === 'second derivatives' ? 12 : 25

  test.each(names)('%s alone changes no result', (name) => {
    const closeness = reordering.has(name) ? 'rounding' : 'bits'
    const check = (program: Program) => {
      const found = modes[mode](program)
      checkSame(found, passes[name](found.graph), closeness)
      checkSame(found, optimise(found.graph, { only: [name, 'simplify'] }), closeness)
    }
    fc.assert(fc.property(programs(options), check), { numRuns: runs })
  })

  test('all together change no result, and again none', () => {
    const check = (program: Program) => {
      const found = modes[mode](program)
      const once = optimise(found.graph)
      checkSame(found, once, 'rounding')
      checkSame(found, optimise(once), 'rounding')
    }
    fc.assert(fc.property(programs(options), check), { numRuns: 2 * runs })
  })
})

describe('a program that is optimised before it is differentiated', () => {
  const checkGradient = ({ f, floats }: ReturnType<typeof ofFloats>, only: readonly PassName[]) => {
    const plain = traced((...args) => [f(...args)], floats)
    const early = optimise(plain.graph, { only })
    const expected = traced((...args) => gradOf(f)(...args), floats)
    // what the program takes from outside comes after the arguments
    const outside = plain.graph.inputs
      .slice(floats.length)
      .map(({ shape, dtype }, i) => tensor(plain.inputs[floats.length + i]!, { shape, dtype }))
    const again = (...args: Tensor[]) => {
      const values = [...args, ...outside]
      return substitute(early.outputs, new Map(early.inputs.map((input, i) => [input, values[i]!])))[0]!
    }
    const late = traced((...args) => gradOf(again)(...args), floats)
    checkResults(expected, late, 'rounding')
    checkResults(expected, { ...late, graph: optimise(late.graph) }, 'rounding')
  }

  test.each([['simplify'], names] as PassName[][])('by %s, … has the same gradient', (...only) => {
    const check = (program: Program) => checkGradient(ofFloats(program), only)
    fc.assert(fc.property(programs({ smooth: true }), check), { numRuns: 30 })
  })

  // simplify takes `slices` out of the inner loop, which then depends on nothing and yet stands in the outer one
  test.each(['none', 'all', 'sqrt'] as const)(
    'has the same gradient where a loop over literals is left in a loop, checkpoint %s',
    (checkpoint) => {
      const count = (n: Tensor, x: Tensor) => [n.add(1), x] as const
      const step = (c: Tensor) => {
        const [n, slices] = scan(count, zeros([], 'float64'), c)
        return [c.mul(n), slices] as const
      }
      const f = (x: Tensor) => total(scan(step, x, {}, { length: 2, checkpoint }))
      checkGradient({ f, floats: [tensor([0.3, -1.2], { dtype: 'float64' })] }, ['simplify'])
    },
  )
})
