import { refuse } from './errors.js'
import type { ExecutableReport, Explained } from './explain.js'
import { close, verify, withPlaceholders, type Closed, type Graph } from './graph.js'
import type { Spec } from './op.js'
import { reference } from './reference/backend.js'
import { sameShape } from './shape.js'
import { fromNumbers, toNumbers, valueOf, type Tensor, type Value } from './tensor.js'
import { collectLike, flatten, unflatten, type Flat, type Structure, type Tree } from './tree.js'

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
  /** What became of the graph, for `explain`; left out by a backend that runs it as it is. */
  explain?(): ExecutableReport
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
} & Explained

let defaultBackend: Backend = reference

/** Sets the backend that `compile` uses unless told another. Importing a package never does this. */
export function setDefaultBackend(backend: Backend): void {
  defaultBackend = backend
}

/** How many traced programs a compiled function keeps; the least recently used goes first. */
const keptPrograms = 32

interface Entry {
  readonly graph: Graph
  readonly backend: Backend
  readonly executable: Executable
  readonly captures: readonly Tensor[]
  readonly donated: readonly boolean[]
  readonly structure: Structure
  readonly inputs: readonly Spec[]
  readonly output: Structure
  readonly outputs: readonly Spec[]
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
  /** of the call before: most calls are like it, and need no key */
  let last: Entry | null = null
  let traces = 0
  let compilations = 0
  const make = (input: Flat, args: Args, chosen: Backend): Entry | null => {
    traces++
    const { structure, leaves } = input
    const { graph, captures, output } = traceTree(
      input,
      f as unknown as (...args: readonly Tree[]) => Tree,
      name,
    )
    if (captures.some(({ level }) => level > 0)) return null
    const donates = args.flatMap((arg, i) => flatten(arg).leaves.map(() => donate.includes(i)))
    const donated = graph.inputs.map((_, i) => donates[i] ?? false)
    compilations++
    const executable = chosen.compile(graph, donated)
    const inputs = leaves.map(specOf)
    return {
      graph,
      backend: chosen,
      executable,
      captures,
      donated,
      structure,
      inputs,
      output,
      outputs: graph.outputs.map(specOf),
    }
  }
  /** The program for these arguments; null where the call is part of a program that is being traced. */
  const find = (args: Args, chosen: Backend): Entry | null => {
    const input = flatten(args as Tree, name, '')
    if (input.leaves.some((leaf) => leaf.level > 0)) return null
    checkDonated(name, donate, args.length)
    const key = signature(input, chosen)
    const entry = entries.get(key) ?? make(input, args, chosen)
    if (entry === null) return null // it uses placeholders of an enclosing trace
    entries.delete(key)
    entries.set(key, entry)
    if (entries.size > keptPrograms) entries.delete(entries.keys().next().value!)
    return entry
  }
  const call = (...args: Args): Result => {
    const chosen = backend ?? defaultBackend
    const leaves = last?.backend === chosen ? leavesLike(args, last) : null
    if (leaves === null) last = find(args, chosen)
    if (last === null) return f(...args)
    return unflatten<Tree>(last.output, run(last, leaves ?? flatten(args).leaves, name)) as Result
  }
  return Object.defineProperties(call, {
    label: { value: name },
    traces: { get: () => traces },
    compilations: { get: () => compilations },
    programs: { get: () => [...entries.values()] },
  }) as Compiled<Args, Result>
}

/** The tensors of a call with numbers, in order, if an entry is for such calls; else null. */
function leavesLike(args: readonly Tree[], { structure, inputs }: Entry): Tensor[] | null {
  const leaves: Tensor[] = []
  if (!collectLike(args, structure, leaves)) return null
  for (let i = 0; i < leaves.length; i++) {
    const { level, dtype, shape } = leaves[i]!
    const spec = inputs[i]!
    if (level > 0 || dtype !== spec.dtype || !sameShape(shape, spec.shape)) return null
  }
  return leaves
}

function specOf({ shape, dtype }: Spec): Spec {
  return { shape, dtype }
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
  { executable, captures, donated, outputs }: Entry,
  leaves: readonly Tensor[],
  name: string,
): Tensor[] {
  const values: Value[] = []
  for (const leaf of leaves) values.push(valueOf(leaf))
  for (const capture of captures) values.push(valueOf(capture))
  separate(values, donated)
  try {
    const results = executable.run(values)
    return results.map((value, i) => fromNumbers(value, outputs[i]!.shape, outputs[i]!.dtype))
  } finally {
    for (let i = 0; i < leaves.length; i++) if (donated[i]) spend(leaves[i]!, name)
  }
}

/** One buffer cannot become two results, nor a result while it is read: a donated value that comes twice is copied. */
function separate(values: Value[], donated: readonly boolean[]): void {
  values.forEach((value, i) => {
    if (donated[i] && values.indexOf(value) !== values.lastIndexOf(value))
      values[i] = toNumbers(value).slice()
  })
}

function spend(leaf: Tensor, name: string): void {
  leaf.value = null
  leaf.node = null
  leaf.spentBy = name
}
