import {
  add,
  cos,
  div,
  exp,
  log,
  maskedFill,
  matmul,
  mul,
  neg,
  oneHot,
  pow,
  sigmoid,
  sin,
  slice,
  softmax,
  sqrt,
  sub,
  sum,
  swapAxes,
  take,
  takeAt,
  tanh,
  Tensor,
  type AxisRange,
} from '@tapeloop/core'

/** A tensor or a number of a formula. */
type Value = Tensor | number

/** The names that a formula may use. */
export type Names = Readonly<Record<string, Value>>

/**
 * Evaluates a case whose `config.op` is a formula, such as `y=tanh(x); y*y + sin(y)*x`, `(a*b + a)^2`, `x[1:3, :, ::2]`
 * or `x -> 1000 times x*0.999+0.001`. It knows + - * / @ ^ **, calls, methods and NumPy's indexing.
 */
export function evaluate(formula: string, names: Names): Tensor {
  const repeated = /^(\w+) -> (\d+) times (.+)$/.exec(formula)
  if (repeated) {
    const [, name, times, body] = repeated as unknown as [string, string, string, string]
    let x = names[name]!
    for (let i = 0; i < Number(times); i++) x = evaluate(body, { ...names, [name]: x })
    return asTensor(x, formula)
  }
  const known: Record<string, Value> = { inf: Infinity, pi: Math.PI, ...names }
  let result: Value = NaN
  for (const statement of formula.split(';')) {
    const assigned = /^\s*(\w+)\s*=(.+)$/.exec(statement)
    result = parse(assigned ? assigned[2]! : statement, known)
    if (assigned) known[assigned[1]!] = result
  }
  return asTensor(result, formula)
}

const functions: Readonly<Record<string, (args: readonly Value[], names: Names) => Value>> = {
  tanh: ([x]) => tanh(x as Tensor),
  sin: ([x]) => sin(x as Tensor),
  cos: ([x]) => cos(x as Tensor),
  exp: ([x]) => exp(x as Tensor),
  log: ([x]) => log(x as Tensor),
  sigmoid: ([x]) => sigmoid(x as Tensor),
  sqrt: ([x]) => (typeof x === 'number' ? Math.sqrt(x) : sqrt(x!)),
  softmax: ([x, axis], { dim = -1 }) => softmax(x as Tensor, (axis ?? dim) as number),
  masked_fill: ([x, mask, value]) => maskedFill(x as Tensor, mask as Tensor, value!),
  one_hot: ([indices, count], names) => oneHot(indices as Tensor, count as number, dtypeOf(names)),
  embedding: ([indices], { weight }) => take(weight as Tensor, indices as Tensor),
  // a statistic inside a formula is meant to broadcast against what it was taken of
  mean: ([x, axis]) => (x as Tensor).mean(axis as number | undefined, { keepDims: axis !== undefined }),
  sum: ([x, axis]) => sum(x as Tensor, axis as number | undefined, { keepDims: axis !== undefined }),
}

const methods: Readonly<Record<string, (x: Tensor, args: readonly Value[]) => Value>> = {
  T: (x) => swapAxes(x, -2, -1),
  mean: (x, [axis]) => x.mean(axis as number | undefined),
  sum: (x, [axis]) => sum(x, axis as number | undefined),
}

const binary: Readonly<Record<string, (a: Value, b: Value) => Value>> = {
  '+': (a, b) => (areNumbers(a, b) ? +a + +b : add(a, b)),
  '-': (a, b) => (areNumbers(a, b) ? +a - +b : sub(a, b)),
  '*': (a, b) => (areNumbers(a, b) ? +a * +b : mul(a, b)),
  '/': (a, b) => (areNumbers(a, b) ? +a / +b : div(a, b)),
  '^': (a, b) => (areNumbers(a, b) ? (+a) ** +b : pow(a, b)),
  '@': (a, b) => matmul(a as Tensor, b as Tensor),
}

/** Recursive descent over the tokens of one expression. */
function parse(text: string, names: Names): Value {
  const tokens = text.match(/\d+\.?\d*(?:e[+-]?\d+)?|\w+|\*\*|\S/g) ?? []
  let at = 0
  const peek = () => tokens[at]
  const accept = (...options: string[]) => (options.includes(peek() ?? '') ? tokens[at++]! : null)
  const expect = (token: string) => {
    if (!accept(token))
      throw new Error(`the formula ${text.trim()} has ${peek() ?? 'its end'} where ${token} should be`)
  }
  const leftToRight = (operators: string[], part: () => Value) => {
    let left = part()
    for (let token = accept(...operators); token; token = accept(...operators))
      left = binary[token]!(left, part())
    return left
  }
  const expression = (): Value => leftToRight(['+', '-'], term)
  const term = (): Value => leftToRight(['*', '/', '@'], factor)
  const factor = (): Value => {
    if (accept('-')) {
      const x = factor()
      return typeof x === 'number' ? -x : neg(x)
    }
    const base = postfix()
    return accept('^', '**') ? binary['^']!(base, factor()) : base
  }
  const postfix = (): Value => {
    let x = primary()
    for (let token = accept('[', '.'); token; token = accept('[', '.')) {
      if (token === '[') x = index(asTensor(x, text), list(']', range))
      else {
        const name = tokens[at++]!
        const method = methods[name]
        if (!method) throw new Error(`the formula ${text.trim()} calls ${name}, which is not known here`)
        x = method(asTensor(x, text), accept('(') ? list(')', expression) : [])
      }
    }
    return x
  }
  const primary = (): Value => {
    if (accept('(')) {
      const x = expression()
      expect(')')
      return x
    }
    const token = tokens[at++] ?? ''
    if (/^\d/.test(token)) return Number(token)
    if (accept('(')) {
      const call = functions[token]
      if (!call) throw new Error(`the formula ${text.trim()} calls ${token}, which is not known here`)
      return call(list(')', expression), names)
    }
    const value = names[token]
    if (value === undefined)
      throw new Error(`the formula ${text.trim()} names ${token}, which is not known here`)
    return value
  }
  const list = <T>(end: string, part: () => T): T[] => {
    const parts: T[] = []
    while (!accept(end)) {
      parts.push(part())
      if (peek() !== end) expect(',')
    }
    return parts
  }
  const range = (): Tensor | AxisRange => {
    const bounds: (number | null)[] = []
    for (;;) {
      const isEmpty = [':', ',', ']'].includes(peek() ?? ']')
      const bound = isEmpty ? null : expression()
      if (bound instanceof Tensor) return bound
      bounds.push(bound)
      if (!accept(':')) break
    }
    return bounds.length === 1 ? bounds[0]! : (bounds as unknown as AxisRange)
  }
  const result = expression()
  if (at < tokens.length) throw new Error(`the formula ${text.trim()} goes on after its end with ${peek()}`)
  return result
}

function index(x: Tensor, places: readonly (Tensor | AxisRange)[]): Tensor {
  const tensors = places.filter((place) => place instanceof Tensor)
  return tensors.length === places.length ? takeAt(x, tensors) : slice(x, places as readonly AxisRange[])
}

function areNumbers(a: Value, b: Value): boolean {
  return typeof a === 'number' && typeof b === 'number'
}

/** The dtype of the floats of a formula. */
function dtypeOf(names: Names): 'float64' | 'float32' {
  const floats = Object.values(names).map((value) => (value instanceof Tensor ? value.dtype : null))
  return floats.includes('float64') ? 'float64' : 'float32'
}

function asTensor(x: Value, formula: string): Tensor {
  if (x instanceof Tensor) return x
  throw new Error(`the formula ${formula} has a number where a tensor should be`)
}
