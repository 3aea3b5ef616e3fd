import { refuse } from './errors.js'
import { close, verify, withPlaceholders, type Closed, type Graph } from './graph.js'
import { reference } from './reference/backend.js'
import { fromNumbers, toNumbers, valueOf, type Tensor, type Value } from './tensor.js'
import { flatten, unflatten, type Flat, type Structure, type Tree } from './tree.js'

/** Turns graphs into programs and runs them. */
export interface Backend {
  readonly name: string
  /** `donated[i]`: the memory of input i is the program's to overwrite and to return. */
  compile(graph: Graph, donated: readonly boolean[]): Executable
}

/** A compiled graph. */
export interface Executable {
  /**
   * Runs on the values of the graph's inputs; returns one for each output: fresh arrays, or what stays in the backend's
   * memory in the place of donated inputs.
   */
  run(inputs: readonly Value[]): readonly Value[]
}

/** How a function is compiled. */
export interface CompileOptions {
  /** the default backend unless given */
  readonly backend?: Backend
  /** positions of arguments whose tensors are spent by the call, so that their memory can become the result's */
  readonly donate?: readonly number[]
  /** what error messages and `explain` call it */
  readonly name?: string
}

/** A compiled function, with counters. */
export type Compiled<Args extends readonly Tree[], Result extends Tree> = ((...args: Args) => Result) & {
  /** how often the function was traced: once for each new combination of structure, shapes and dtypes */
  readonly traces: number
}

let defaultBackend: Backend = reference

/** Sets the backend that `compile` uses unless told another. Importing a package never does this. */
export function setDefaultBackend(backend: Backend): void {
  defaultBackend = backend
}

/** How many traced programs a compiled function keeps; the least recently used goes first. */
const keptPrograms = 32

interface Entry {
  readonly executable: Executable
  readonly captures: readonly Tensor[]
  readonly output: Structure
  readonly outputs: readonly Tensor[]
}

/**
 * Traces `f` once for each combination of shapes, and from then on only runs the program. Arguments and result are
 * records of tensors. Tensors that f uses from outside are inputs held by reference.
 *
 * @throws where an argument holds something that is not a tensor, or a donated tensor is used again
 */
export function compile<Args extends readonly Tree[], Result extends Tree>(
  f: (...args: Args) => Result,
  { backend, donate = [], name = f.name || 'compiled function' }: CompileOptions = {},
): Compiled<Args, Result> {
  const entries = new Map<string, Entry>()
  let traces = 0
  const find = (input: Flat, donates: readonly boolean[], chosen: Backend): Entry | null => {
    const key = signature(input, chosen)
    let entry = entries.get(key)
    if (entry === undefined) {
      traces++
      const { graph, captures, output } = traceTree(
        input,
        f as unknown as (...args: readonly Tree[]) => Tree,
        name,
      )
      if (captures.some(({ level }) => level > 0)) return null
      const donated = graph.inputs.map((_, i) => i < input.leaves.length && donates[i]!)
      entry = { executable: chosen.compile(graph, donated), captures, output, outputs: graph.outputs }
    }
    entries.delete(key)
    entries.set(key, entry)
    if (entries.size > keptPrograms) entries.delete(entries.keys().next().value!)
    return entry
  }
  const call = (...args: Args): Result => {
    const input = flatten(args as Tree, name, '')
    if (input.leaves.some((leaf) => leaf.level > 0)) return f(...args) // inside another trace: part of that program
    checkDonated(name, donate, args.length)
    const donates = args.flatMap((arg, position) =>
      flatten(arg, name).leaves.map(() => donate.includes(position)),
    )
    const entry = find(input, donates, backend ?? defaultBackend)
    if (entry === null) return f(...args) // it uses placeholders of an enclosing trace
    const outputs = run(entry, input.leaves, donates, name)
    return unflatten<Tree>(entry.output, outputs) as Result
  }
  return Object.defineProperty(call, 'traces', { get: () => traces }) as Compiled<Args, Result>
}

/** The program of a function for arguments of these shapes, checked. Only shapes and dtypes of the arguments matter. */
export function trace<Args extends readonly Tree[]>(f: (...args: Args) => Tree, ...args: Args): Graph {
  const input = flatten(args as Tree, 'trace', '')
  return traceTree(input, f as unknown as (...args: readonly Tree[]) => Tree, 'trace').graph
}

function traceTree(
  input: Flat,
  f: (...args: readonly Tree[]) => Tree,
  name: string,
): Closed & { readonly output: Structure } {
  return withPlaceholders(input.leaves, 'argument', (stands, level) => {
    const result = f(...unflatten<readonly Tree[]>(input.structure, stands))
    if (result instanceof Promise)
      refuse(name, 'the traced function is async; make it synchronous and await outside')
    const output = flatten(result, name, 'result')
    const closed = close(output.leaves, stands, level)
    verify(closed.graph)
    return { ...closed, output: output.structure }
  })
}

function signature(input: Flat, backend: Backend): string {
  const specs = input.leaves.map(({ dtype, shape }) => `${dtype}[${shape.join()}]`)
  return `${idOf(backend)} ${JSON.stringify(input.structure)} ${specs.join(' ')}`
}

const backendIds = new WeakMap<Backend, number>()
let knownBackends = 0

/** Backends of one name may differ in their options. */
function idOf(backend: Backend): number {
  let id = backendIds.get(backend)
  if (id === undefined) backendIds.set(backend, (id = knownBackends++))
  return id
}

function checkDonated(name: string, donate: readonly number[], count: number): void {
  const missing = donate.find((position) => !Number.isInteger(position) || position < 0 || position >= count)
  if (missing !== undefined)
    refuse(name, `donate names argument ${missing}, but the call has ${count} arguments, counted from 0`)
}

function run(
  { executable, captures, outputs }: Entry,
  leaves: readonly Tensor[],
  donates: readonly boolean[],
  name: string,
): Tensor[] {
  const values = [...leaves, ...captures].map(valueOf)
  const given = new Set<Value>()
  leaves.forEach((_, i) => {
    if (!donates[i]) given.add(values[i]!)
  })
  leaves.forEach((_, i) => {
    if (!donates[i]) return
    if (given.has(values[i]!)) values[i] = toNumbers(values[i]!).slice() // one buffer cannot become two results
    given.add(values[i]!)
  })
  try {
    const results = executable.run(values)
    return results.map((value, i) => fromNumbers(value, outputs[i]!.shape, outputs[i]!.dtype))
  } finally {
    leaves.forEach((leaf, i) => donates[i] && spend(leaf, name))
  }
}

function spend(leaf: Tensor, name: string): void {
  leaf.value = null
  leaf.node = null
  leaf.spentBy = name
}
