import { orderOf, type Graph } from './graph.js'
import type { PassName } from './passes/optimise.js'
import { bytesOf, isScan } from './passes/build.js'
import { showProduct, showProducts, survey, type Level, type Survey } from './passes/survey.js'
import type { Node } from './tensor.js'

/** What a backend made of a program. Reading it may take as long as compiling did. */
export interface ExecutableReport {
  /** every pass that changed the program, in order */
  readonly passes: readonly PassReport<Graph>[]
  readonly kernels: readonly KernelUse[]
  /** bytes of temporaries */
  readonly arenaBytes: number
}

/** What an optimiser pass was given, and what it made of it. */
export interface PassReport<What> {
  readonly pass: PassName
  readonly before: What
  readonly after: What
}

/** A kernel of a program. */
export interface KernelUse {
  readonly name: string
  /** the ops that it computes in one go, where it is generated for them */
  readonly fused: readonly string[]
  /** how often a run calls it */
  readonly calls: number
}

/** What a program does: see {@link Survey}. */
export interface Work extends Survey {
  /** bytes that loops stack for loops in the other direction: what a backward pass reads of the forward pass */
  readonly savedBytes: number
}

/** One program of a compiled function. */
export interface ProgramReport {
  readonly backend: string
  /** the program as it is run */
  readonly work: Work
  /** every optimiser pass that changed it, in order, with the work before and after */
  readonly passes: readonly PassReport<Work>[]
  readonly kernels: readonly KernelUse[]
  /** bytes of temporaries; null where the backend does not plan its memory */
  readonly arenaBytes: number | null
}

/** What `explain` tells, as a record. `toString` makes a text of it. */
export interface Explanation {
  readonly name: string
  readonly traces: number
  readonly compilations: number
  /** the programs that are kept, the one used last at the end */
  readonly programs: readonly ProgramReport[]
  toString(): string
}

/** What `explain` reads of a compiled function. */
export interface Explained {
  readonly label: string
  readonly traces: number
  readonly compilations: number
  readonly programs: readonly {
    readonly graph: Graph
    readonly backend: { readonly name: string }
    readonly executable: { explain?(): ExecutableReport }
  }[]
}

/**
 * What became of a compiled function: how often it was traced and compiled, and for each program what every optimiser pass
 * did, which products it does once and in each step of its loops, its kernels, and its memory.
 */
export function explain({ label: name, traces, compilations, programs }: Explained): Explanation {
  const explanation = {
    name,
    traces,
    compilations,
    programs: programs.map(({ graph, backend, executable }): ProgramReport => {
      const { passes = [], kernels = [], arenaBytes = null } = executable.explain?.() ?? {}
      return {
        backend: backend.name,
        work: workOf(passes.at(-1)?.after ?? graph),
        passes: passes.map(({ pass, before, after }) => ({
          pass,
          before: workOf(before),
          after: workOf(after),
        })),
        kernels,
        arenaBytes,
      }
    }),
  }
  return { ...explanation, toString: () => show(explanation) }
}

function workOf(graph: Graph): Work {
  return { ...survey(graph), savedBytes: savedBytes(graph) }
}

function savedBytes({ outputs }: Graph): number {
  /** for each node the loops that it depends on */
  const before = new Map<Node, Set<Node>>()
  const saving = new Set<Node>()
  let bytes = 0
  for (const node of orderOf(outputs)) {
    const loops = new Set(node.inputs.flatMap((input) => [...(before.get(input.node!) ?? [])]))
    before.set(node, loops)
    if (!isScan(node)) continue
    for (const loop of loops) {
      if (!isScan(loop) || loop.attrs.reverse === node.attrs.reverse || saving.has(loop)) continue
      saving.add(loop)
      for (const stack of loop.outputs.slice(loop.attrs.carries)) bytes += bytesOf(stack)
    }
    loops.add(node)
  }
  return bytes
}

function show({ name, traces, compilations, programs }: Omit<Explanation, 'toString'>): string {
  const times = (n: number) => (n === 1 ? 'once' : `${n} times`)
  return [
    `${name}: traced ${times(traces)}, compiled ${times(compilations)}`,
    ...programs.flatMap(linesOf),
  ].join('\n')
}

function linesOf({ backend, work, passes, kernels, arenaBytes }: ProgramReport): string[] {
  const arena = arenaBytes === null ? '' : `, ${count(arenaBytes, 'B')} of temporaries`
  const calls = kernels.map(
    ({ name, fused, calls }) => `${calls} ${name}${fused.length > 0 ? ` (${fused.join(' ')})` : ''}`,
  )
  return [
    `on ${backend}: ${count(work.flops, 'FLOP')}, ${count(work.savedBytes, 'B')} saved for backward passes${arena}`,
    ...passes.map(({ pass, before, after }) => `  pass ${pass}: ${changes(before, after)}`),
    ...levelLines(work, '  once'),
    ...(calls.length > 0 ? ['  kernel calls:', ...calls.map((line) => `    ${line}`)] : []),
  ]
}

function levelLines(level: Level, title: string): string[] {
  const products = level.products.map(showProduct).join(' ') || 'no product'
  return [
    `${title}: ${products}, ${level.light} other ops`,
    ...level.loops.flatMap((loop) => {
      const indent = /^ */.exec(title)![0]
      const direction = loop.reverse ? ' backwards' : ''
      return levelLines(loop, `${indent}  in each of ${loop.length} steps${direction}`)
    }),
  ]
}

/** What differs, as `what before → after`. */
function changes(before: Work, after: Work): string {
  const aspects: readonly [string, (work: Work) => string][] = [
    ['products', showProducts],
    ['other ops', (work) => String(lightOf(work))],
    ['FLOP', ({ flops }) => count(flops, '')],
    ['saved', (work) => count(work.savedBytes, 'B')],
  ]
  const different = aspects.filter(([, of]) => of(before) !== of(after))
  return (
    different.map(([what, of]) => `${what} ${of(before)} → ${of(after)}`).join('; ') ||
    'the same work, arranged otherwise'
  )
}

function lightOf({ light, loops }: Level): number {
  return loops.reduce((sum, loop) => sum + lightOf(loop), light)
}

/** `1.2 MB`: three digits and a prefix. */
function count(n: number, unit: string): string {
  const power = Math.min(3, Math.floor(Math.log10(Math.max(n, 1)) / 3))
  return `${Number((n / 1000 ** power).toPrecision(3))} ${['', 'k', 'M', 'G'][power]}${unit}`.trim()
}
