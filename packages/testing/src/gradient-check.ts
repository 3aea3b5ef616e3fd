import { flatten, isFloat, jvp, refuse, tensor, unflatten, vjp, type Tensor, type Tree } from '@tapeloop/core'
import { dot, randomLike, shifted, type Arrays, type Dot } from './directions.js'

/** How strictly gradients are checked. */
export interface GradientCheckOptions {
  /** what the failure message calls the function; its own name unless said */
  readonly name?: string
  /** highest order of derivative to check; 2 unless said */
  readonly order?: number
  /** of the random directions; 0 unless said */
  readonly seed?: number
  /** of the central differences; 6e-6 unless said, where rounding and truncation meet in float64 */
  readonly step?: number
  /** relative to the sum of the absolute terms that are added up; 1e-6 unless said */
  readonly tolerance?: number
}

/** The modes agree to rounding: both are exact. */
const agreement = 1e-10

/** Leaves to leaves: what every check below looks at. */
type LeafFunction = (...leaves: readonly Tensor[]) => readonly Tensor[]

interface Check {
  readonly f: LeafFunction
  readonly at: readonly Tensor[]
  readonly paths: readonly string[]
  /** "tanh", "reverse derivative of tanh", … */
  readonly what: string
  readonly seed: number
  readonly step: number
  readonly tolerance: number
}

/**
 * Checks the derivatives of a function of float64 records by an oracle that shares no code with them. With one random
 * direction v for the arguments and one random weight u for the results:
 *
 * 1. central differences along v, against forward mode ⟨u, Jv⟩ and reverse mode ⟨v, Jᵀu⟩ (Nocedal & Wright,
 *    Numerical Optimization, section 8.1, for the step);
 * 2. the modes against each other, to 1e-10;
 * 3. up to `order`, the same for the derivatives Jᵀu and Jv as functions of the arguments: so reverse over reverse,
 *    forward over reverse, reverse over forward and forward over forward are compared with differences of the first
 *    derivative.
 *
 * Integer and bool leaves stay fixed; integer and bool results are left out. Choose arguments away from kinks.
 *
 * @param f any function of records of tensors that returns a record of tensors
 * @param args its arguments; float leaves are float64
 * @throws one message with the function, the arguments, the analytic and the numeric derivative, and the seed
 */
export function checkGradients<Args extends readonly Tree[]>(
  f: (...args: Args) => Tree,
  args: readonly [...Args],
  {
    name = f.name || 'the function',
    order = 2,
    seed = 0,
    step = 6e-6,
    tolerance = 1e-6,
  }: GradientCheckOptions = {},
): void {
  const { leaves, paths, structure } = flatten(args as Tree, 'checkGradients', '')
  const single = leaves.findIndex(({ dtype }) => dtype === 'float32')
  if (single >= 0) {
    refuse(
      'checkGradients',
      `argument ${paths[single]} of ${name} is float32, too coarse for differences; pass float64 tensors`,
    )
  }
  const moving = leaves.flatMap(({ dtype }, i) => (isFloat(dtype) ? [i] : []))
  const onLeaves: LeafFunction = (...values) => {
    const all = leaves.map((leaf, i) => (moving.includes(i) ? values[moving.indexOf(i)]! : leaf))
    const result = f(...(unflatten<Tree>(structure, all) as unknown as Args))
    return flatten(result, name, 'result').leaves.filter(({ dtype }) => isFloat(dtype))
  }
  checkOrders(
    {
      f: onLeaves,
      at: moving.map((i) => leaves[i]!),
      paths: moving.map((i) => paths[i]!),
      what: name,
      seed,
      step,
      tolerance,
    },
    order,
  )
}

function checkOrders(check: Check, order: number): void {
  const { f, at, what, seed } = check
  const along = randomLike(at, 2 * seed + 1)
  const values = f(...at)
  const weights = randomLike(values, 2 * seed + 2)
  checkFirst(check, values, along, weights)
  if (order <= 1) return
  const [u, v] = [likeTensors(weights, values), likeTensors(along, at)]
  const back: LeafFunction = (...x) => vjp(f, ...x).pullback(u)
  const ahead: LeafFunction = (...x) => jvp(f, x, v).tangent
  checkOrders({ ...check, f: back, what: `the reverse derivative of ${what}`, seed: seed + 1 }, order - 1)
  checkOrders({ ...check, f: ahead, what: `the forward derivative of ${what}`, seed: seed + 1 }, order - 1)
}

function checkFirst(check: Check, values: readonly Tensor[], along: Arrays, weights: Arrays): void {
  const { f, at, tolerance } = check
  const u = likeTensors(weights, values)
  const cotangents = numbers(vjp(f, ...at).pullback(u))
  const tangents = numbers(jvp(f, at, likeTensors(along, at)).tangent)
  const reverse = dot(cotangents, along)
  const forward = dot(tangents, weights)
  const coarse = difference(check, along, weights)
  const agrees = [reverse, forward].every(
    (analytic) => apart(analytic, coarse) <= allowed(analytic, coarse, tolerance),
  )
  const numeric = agrees ? coarse : refined(check, along, weights, coarse)
  compare(check, 'reverse mode', reverse, 'central differences', numeric, tolerance, () =>
    worstElement(check, cotangents, weights),
  )
  compare(check, 'forward mode', forward, 'central differences', numeric, tolerance)
  compare(check, 'forward mode', forward, 'reverse mode', reverse, agreement)
}

/** A number that differences gave, with the error to expect of it. */
type Difference = Dot & { readonly noise: number }

/** ⟨u, (f(x + hv) − f(x − hv)) / 2h⟩, with the rounding error to expect of it. */
function difference({ f, at, step }: Check, along: Arrays, weights: Arrays): Difference {
  const above = numbers(f(...shifted(at, along, step)))
  const below = numbers(f(...shifted(at, along, -step)))
  const slopes = above.map((array, i) => array.map((value, j) => (value - below[i]![j]!) / (2 * step)))
  return { ...dot(slopes, weights), noise: (dot(above, weights).scale * 1e-15) / step }
}

/**
 * The difference extrapolated from steps h and h/2. Where a function bends strongly, what is left out counts: as much as
 * the two differ is allowed for. A wrong derivative stays as wrong for every step.
 */
function refined(check: Check, along: Arrays, weights: Arrays, whole: Difference): Difference {
  const half = difference({ ...check, step: check.step / 2 }, along, weights)
  const noise = 2 * half.noise + whole.noise + Math.abs(half.value - whole.value)
  return { value: (4 * half.value - whole.value) / 3, scale: half.scale, noise }
}

const apart = (a: Dot, b: Dot) => Math.abs(a.value - b.value)

const allowed = (a: Dot, b: Dot & { noise?: number }, tolerance: number) =>
  tolerance * Math.max(1, a.scale, b.scale) + (b.noise ?? 0)

function compare(
  { what, at, paths, seed }: Check,
  first: string,
  a: Dot,
  second: string,
  b: Dot & { noise?: number },
  tolerance: number,
  more: () => string = () => '',
): void {
  const [distance, most] = [apart(a, b), allowed(a, b, tolerance)]
  if (distance <= most) return
  const inputs = at.map((x, i) => `${paths[i]} = ${String(x)}`).join('\n')
  refuse(
    'checkGradients',
    `${what}: ${first} gives ${a.value} along a random direction but ${second} ${second.endsWith('s') ? 'give' : 'gives'} ` +
      `${b.value}; they are ${distance.toExponential(2)} apart, ${most.toExponential(2)} is allowed` +
      `${more()}; seed ${seed}, at\n${inputs}`,
  )
}

/** Small inputs are searched for the element whose derivative is furthest off. */
function worstElement(check: Check, cotangents: Arrays, weights: Arrays): string {
  const { at, paths } = check
  let worst = { apart: 0, text: '' }
  if (at.reduce((total, { size }) => total + size, 0) > 256) return ''
  at.forEach((x, i) => {
    for (let j = 0; j < x.size; j++) {
      const unit = at.map((other) => new Float64Array(other.size))
      unit[i]![j] = 1
      const numeric = difference(check, unit, weights).value
      const analytic = cotangents[i]![j]!
      const apart = Math.abs(analytic - numeric)
      if (apart > worst.apart) {
        const text = `; element ${j} of ${paths[i]} is worst, analytic ${analytic}, numeric ${numeric}`
        worst = { apart, text }
      }
    }
  })
  return worst.text
}

function numbers(tensors: readonly Tensor[]): Arrays {
  return tensors.map((x) => Float64Array.from(x.dataSync()))
}

function likeTensors(arrays: Arrays, models: readonly Tensor[]): readonly Tensor[] {
  return arrays.map((array, i) => tensor(array, { shape: models[i]!.shape, dtype: models[i]!.dtype }))
}
