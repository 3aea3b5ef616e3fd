import { Tensor } from '@tapeloop/core'
import { evaluate } from './formula.js'
import { isVectorTensor, unsupported, type Config, type VectorCase } from './format.js'
import { programs, type Family } from './program.js'

/** A case of an op: what it is given, and the shapes that must come out. */
export interface OpCall {
  readonly config: Config
  /** the numbers within the name of the op, as in `leaky_relu_0.1` or `clamp(-1,1)` */
  readonly args: readonly number[]
  /** inputs and parameters by name, without projections */
  readonly tensors: Readonly<Record<string, Tensor>>
  /** the same in the order of the file */
  readonly list: readonly Tensor[]
  /** the shapes of the outputs by name */
  readonly shapes: Readonly<Record<string, readonly number[]>>
}

/** Calls the public function that an op of PyTorch corresponds to. A tensor is the output `out`. */
export type OpRule = (call: OpCall) => Tensor | Readonly<Record<string, Tensor>>

export type OpRules = Readonly<Record<string, OpRule>>

/** A family of single ops: `config.op` is looked up in the rules, or else is a formula. */
export function ops(rules: OpRules): Family {
  return programs((vector) => {
    const shapes = shapesOf(vector)
    return (all) => {
      const tensors = Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith('proj_')))
      const { rule, args, options } = find(rules, textOf(vector.config, 'op'), vector.config)
      const call = {
        config: { ...vector.config, ...options },
        args,
        tensors,
        list: Object.values(tensors),
        shapes,
      }
      const result = rule(call)
      return result instanceof Tensor ? { out: result } : result
    }
  })
}

function find(rules: OpRules, op: string, config: Config) {
  if (rules[op]) return { rule: rules[op], args: [], options: {} }
  const { name, args, options } = parseOp(op)
  if (rules[name]) return { rule: rules[name], args, options }
  if (/^[a-z]\w*$/.test(op)) return unsupported(`the op ${op}`)
  const numbers = Object.fromEntries(Object.entries(config).filter(([, value]) => typeof value === 'number'))
  const rule: OpRule = ({ tensors }) =>
    evaluate(op.replace(/^slice /, ''), { ...(numbers as Record<string, number>), ...tensors })
  return { rule, args: [], options: {} }
}

/** `pow_-1.5`, `clamp(-1,1)` and `var(unbiased=False)` are a name with numbers or options. */
function parseOp(op: string): { name: string; args: readonly number[]; options: Config } {
  const called = /^([a-z]\w*)\(([^()]*)\)$/.exec(op)
  if (called) {
    const parts = called[2]!.split(',').map((part) => part.trim())
    const args = parts.filter((part) => !part.includes('=')).map(Number)
    const options = parts.flatMap((part) => {
      const [name, value] = part.split('=')
      return value === undefined
        ? []
        : [[name!, value === 'True' ? true : value === 'False' ? false : Number(value)]]
    })
    return args.some(Number.isNaN)
      ? { name: op, args: [], options: {} }
      : { name: called[1]!, args, options: Object.fromEntries(options) as Config }
  }
  const spelled = /^([a-z][a-z0-9]*(?:_[a-z]\w*?)*?)((?:_-?\d+(?:\.\d+)?(?:e-?\d+)?)+)$/.exec(op)
  if (!spelled) return { name: op, args: [], options: {} }
  return { name: spelled[1]!, args: spelled[2]!.slice(1).split('_').map(Number), options: {} }
}

function shapesOf({ outputs }: VectorCase): Record<string, readonly number[]> {
  return Object.fromEntries(
    Object.entries(outputs).flatMap(([name, output]) =>
      isVectorTensor(output) ? [[name, output.shape]] : [],
    ),
  )
}

/** An option that is a whole or other number; `fallback` where it is absent. */
export function numberOf(config: Config, name: string, fallback?: number): number {
  const value =
    config[name] === 'Infinity'
      ? Infinity
      : config[name] === '-Infinity'
        ? -Infinity
        : (config[name] ?? fallback)
  return typeof value === 'number' ? value : wrong(config, name, 'a number')
}

/** An option that is a list of numbers; a single number is a list of one. */
export function numbersOf(config: Config, name: string): readonly number[] {
  const value = typeof config[name] === 'number' ? [config[name]] : config[name]
  const isList = Array.isArray(value) && value.every((part) => typeof part === 'number')
  return isList ? (value as number[]) : wrong(config, name, 'a list of numbers')
}

export function flagOf(config: Config, name: string, fallback: boolean): boolean {
  const value = config[name] ?? fallback
  return typeof value === 'boolean' ? value : wrong(config, name, 'true or false')
}

export function textOf(config: Config, name: string, fallback?: string): string {
  const value = config[name] ?? fallback
  return typeof value === 'string' ? value : wrong(config, name, 'a string')
}

function wrong(config: Config, name: string, expected: string): never {
  throw new Error(`config.${name} is ${JSON.stringify(config[name])}, not ${expected}`)
}
