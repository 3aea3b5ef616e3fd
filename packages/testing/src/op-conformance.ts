import {
  apply,
  broadcastTo,
  compile,
  concat,
  full,
  isFloat,
  jvp,
  orderOf,
  primitives,
  reference,
  refuse,
  reshape,
  sliceAxis,
  TapeloopError,
  tensor,
  trace,
  verify,
  vjp,
  vmap,
  type Backend,
  type Op,
  type PrimitiveName,
  type Tensor,
} from '@tapeloop/core'
import fc from 'fast-check'
import { checkClose } from './closeness.js'
import { drawn, drawnAlike, type Draw } from './draw.js'
import { checkGradients } from './gradient-check.js'
import { opSuites } from './ops/index.js'
import type { OpSample, OpSuite } from './ops/suite.js'

/** How thoroughly to check. */
export interface ConformanceOptions {
  /** random samples for each check; 25 unless said */
  readonly runs?: number
  /** each check has its own unless said: the same samples in every run, others in every check */
  readonly seed?: number
}

/** One requirement on every op. */
export interface OpCheck {
  readonly title: string
  check(name: PrimitiveName, options?: ConformanceOptions): void
}

/** What every primitive is held to. Each check throws with the counterexample and its seed. */
export const opChecks: readonly OpCheck[] = [
  { title: 'keeps the contract of its record', check: property(checkContract, 1) },
  {
    title: 'has the derivatives that differences have, to the second order',
    check: property(checkDerivatives, 2),
  },
  { title: 'broadcasts its operands', check: property(checkBroadcasting, 3) },
  { title: 'adds up what arrives at shared inputs', check: property(checkSharedUse, 4) },
  { title: 'under vmap does what a loop over slices does', check: checkBatching },
  { title: 'refuses wrong arguments in one sentence', check: checkRefusals },
]

/** Holds a primitive to all checks. */
export function checkOp(name: PrimitiveName, options?: ConformanceOptions): void {
  for (const { check } of opChecks) check(name, options)
}

/** Runs samples of a primitive on a backend, against the reference. */
export function checkOpOnBackend(
  backend: Backend,
  name: PrimitiveName,
  {
    dtype = 'float32',
    tolerance = 1e-5,
    ...options
  }: ConformanceOptions & { dtype?: 'float64' | 'float32'; tolerance?: number } = {},
): void {
  property((_name, { args, f }) => {
    const inputs = args.map((x) => (isFloat(x.dtype) ? x.cast(dtype) : x))
    checkClose(
      `${name} on ${backend.name}`,
      compile((...values: Tensor[]) => [...f(...values)], { backend })(...inputs),
      f(...inputs),
      tolerance,
    )
  }, 6)(name, options)
}

/** The table's entry for a primitive. */
function suiteOf(name: PrimitiveName): OpSuite {
  const suite: OpSuite | undefined = opSuites[name]
  return (
    suite ??
    refuse(
      name,
      `there are no samples of this op; add a line "${name}: { sample: …, refused: […] }" to a table in ` +
        'packages/testing/src/ops, so that the conformance suite can check it',
    )
  )
}

interface DrawnSample {
  readonly sample: OpSample
  /** for further choices of the check */
  readonly draw: Draw
}

function drawSample(suite: OpSuite, draw: Draw): DrawnSample {
  const sample = suite.sample(draw)
  const { args, attrs } = sample
  // functions say nothing in a counterexample
  return Object.assign({ sample, draw }, { [fc.toStringMethod]: () => fc.stringify({ args, attrs }) })
}

function property(
  check: (name: string, sample: OpSample, suite: OpSuite, draw: Draw) => void,
  ownSeed: number,
): OpCheck['check'] {
  return (name, { runs = 25, seed = ownSeed } = {}) => {
    const suite = suiteOf(name)
    const samples = drawn((draw) => drawSample(suite, draw))
    const holds = fc.property(samples, ({ sample, draw }) => check(name, sample, suite, draw))
    fc.assert(holds, { numRuns: runs, seed, includeErrorInReport: true })
  }
}

function checkContract(name: string, { args, f }: OpSample): void {
  const graph = trace((...values: Tensor[]) => [...f(...values)], ...args)
  verify(graph)
  const op = primitives[name as PrimitiveName] as Op
  if (op.name !== name) refuse(name, `the op calls itself ${op.name}; its key in primitives must be its name`)
  if (op.formula === '') refuse(name, 'the op has no formula')
  if (!orderOf(graph.outputs).some((node) => node.op.name === name)) {
    refuse(name, 'the sample does not use the op it is a sample of')
  }
  const before = args.map((x) => x.dataSync())
  const program = compile((...values: Tensor[]) => [...f(...values)], { backend: reference })
  const first = program(...args)
  checkClose(`${name}, compiled`, first, f(...args))
  program(...args.map(reversed)) // leaves other numbers in every buffer
  checkClose(`${name}, run again`, program(...args), first)
  args.forEach((x, i) => {
    const after = x.dataSync()
    if (after.some((value, j) => value !== before[i]![j])) refuse(name, `the kernel writes to input ${i}`)
  })
  const single = f(...args.map((x) => (isFloat(x.dtype) ? x.cast('float32') : x)))
  checkClose(
    `${name} in float32`,
    single.map((y) => y.cast('float64')),
    first.map((y) => y.cast('float64')),
    1e-5,
  )
}

function checkDerivatives(name: string, { args, f }: OpSample, { stops }: OpSuite): void {
  const call = (...values: Tensor[]) => f(...values)
  if (!stops) return checkGradients(call, args, { name })
  const one = args.map(({ shape, dtype }) => full(1, shape, dtype))
  const zero = args.map(({ shape, dtype }) => full(0, shape, dtype))
  checkClose(`${name}, reverse mode`, vjp(call, ...args).pullback(one), zero)
  checkClose(`${name}, forward mode`, jvp(call, [...args], one).tangent, zero)
}

function checkBroadcasting(name: string, { args }: OpSample, { broadcasting }: OpSuite, draw: Draw): void {
  if (!broadcasting) return
  const [first] = args
  const shape = first!.shape
  if (args.some((x) => x.size === 0)) return
  const whole = draw.integer(0, args.length) // the last: none
  const small = args.map((x, i) => (i === whole ? x : corner(x, draw.stretchable(shape))))
  const together = broadcastShape(small)
  checkClose(
    `${name} of ${small.map((x) => `[${x.shape}]`).join(' and ')}`,
    [broadcasting(...small)],
    [broadcasting(...small.map((x) => broadcastTo(x, together)))],
  )
  checkGradients((...values: Tensor[]) => broadcasting(...values), small, { name: `${name}, broadcast` })
}

function checkSharedUse(name: string, { args, f }: OpSample, { kinkWhenEqual, stops }: OpSuite): void {
  if (stops) return
  const twice = (...values: Tensor[]) => {
    const again = f(...values)
    return f(...values).map((y, i) => (isFloat(y.dtype) ? y.mul(again[i]!).add(again[i]!) : y))
  }
  checkGradients(twice, args, { name: `${name}, its inputs used three times`, order: 1 })
  const first = args.find(({ dtype }) => isFloat(dtype))
  const alike = args.filter((x) => first && x.dtype === first.dtype && x.shape.join() === first.shape.join())
  if (kinkWhenEqual || alike.length < 2) return
  const fused = (x: Tensor) => f(...args.map((arg) => (alike.includes(arg) ? x : arg)))
  checkGradients(fused, [first!], { name: `${name}, one tensor as every operand` })
}

function checkBatching(name: PrimitiveName, { runs = 25, seed = 5 }: ConformanceOptions = {}): void {
  const suite = suiteOf(name)
  const samples = drawnAlike((draw) => drawSample(suite, draw), 3)
  const holds = fc.property(samples, (variants) => {
    const [first] = variants as [DrawnSample]
    const { args, f } = first.sample
    if (args.length === 0) return
    const many = (batched: readonly boolean[], values: readonly Tensor[]) =>
      vmap((...slices: Tensor[]) => [...f(...slices)], { in: batched.map((is) => (is ? 0 : null)) })(
        ...values,
      )
    const stacked = args.map((x, i) =>
      concat(variants.map(({ sample }) => reshape(sample.args[i]!, [1, ...x.shape]))),
    )
    for (const batched of choices(args.length)) {
      const results = many(
        batched,
        args.map((x, i) => (batched[i] ? stacked[i]! : x)),
      )
      variants.forEach(({ sample: { args: own } }, k) => {
        checkClose(
          `${name} under vmap, slice ${k}, batched ${JSON.stringify(batched)}`,
          results.map((y) => reshape(sliceAxis(y, 0, k, k + 1), y.shape.slice(1))),
          f(...args.map((x, i) => (batched[i] ? own[i]! : x))),
          1e-12,
        )
      })
    }
    if (suite.stops) return
    const all = args.map(() => true)
    checkGradients((...values: Tensor[]) => many(all, values), stacked, {
      name: `${name} under vmap`,
      order: 1,
    })
  })
  fc.assert(holds, { numRuns: runs, seed, includeErrorInReport: true })
}

function checkRefusals(name: PrimitiveName): void {
  const { refused } = suiteOf(name)
  if (refused.length === 0) refuse(name, 'its suite names no call that is refused; add one to refused')
  for (const { call, says } of refused) {
    const said = refusalOf(call)
    if (said !== says) refuse(name, `a wrong call is answered by "${said}", expected "${says}"`)
  }
}

function refusalOf(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    return error instanceof TapeloopError ? error.message : String(error)
  }
  return 'nothing: the call went through'
}

/** All ways to choose some of `count` things. */
function choices(count: number): readonly (readonly boolean[])[] {
  const some = Array.from({ length: 2 ** count - 1 }, (_, i) => i + 1)
  return some.map((bits) => Array.from({ length: count }, (_, i) => (bits >> i) % 2 === 1))
}

/** The same elements back to front: other numbers of the same domain. */
function reversed(x: Tensor): Tensor {
  return tensor(x.dataSync().toReversed(), { shape: x.shape, dtype: x.dtype })
}

/** The first elements along each axis, down to a smaller shape aligned at the last axis. */
function corner(x: Tensor, shape: readonly number[]): Tensor {
  const whole = x.shape
  const cut = whole.map((_, axis) => shape[axis - (whole.length - shape.length)] ?? 1)
  const [part] = apply(primitives.slice, [x], {
    start: whole.map(() => 0),
    stop: cut,
    step: whole.map(() => 1),
  })
  return reshape(part!, shape)
}

function broadcastShape(operands: readonly Tensor[]): number[] {
  const rank = Math.max(...operands.map((x) => x.rank))
  return Array.from({ length: rank }, (_, i) =>
    Math.max(...operands.map(({ shape }) => shape[i - (rank - shape.length)] ?? 1)),
  )
}
