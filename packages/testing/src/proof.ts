import { reference, type Backend, type PrimitiveName } from '@tapeloop/core'
import type { Cell } from '@tapeloop/layers'
import { checkGolden, type Golden } from './cells/golden.js'
import { checkCellOnBackend } from './cells/on-backend.js'
import { cellSubject } from './cells/sample.js'
import { invariantChecks, taskChecks } from './cells/suite.js'
import { checkOpOnBackend, opChecks, type ConformanceOptions } from './op-conformance.js'

/**
 * One thing that an op or a cell is held to: something that its record promises, a task that it must learn, numbers from
 * elsewhere, or the agreement of a backend with the reference.
 */
export interface Claim {
  readonly of: 'op' | 'cell'
  /** of the op or the cell */
  readonly name: string
  /** the name of the backend that computes */
  readonly backend: string
  readonly kind: 'invariant' | 'task' | 'golden' | 'agreement'
  readonly title: string
  /** Computes all of it, and throws where it does not hold. */
  check(): void
}

/** What became of one check: what is wrong in `said`, which is empty where it passed. */
export interface CheckResult {
  readonly title: string
  readonly passed: boolean
  readonly said: string
}

/** What became of a claim. */
export interface Proof extends Omit<Claim, 'check'>, CheckResult {
  /** how long it took */
  readonly milliseconds: number
}

/** What claims are made of. */
export interface ClaimOptions extends ConformanceOptions {
  /** those that must agree with the reference, which is always claimed to be right; none unless said */
  readonly backends?: readonly Backend[]
}

/** What is claimed of a primitive: everything in `opChecks` on the reference, then that each backend gives the same. */
export function opClaims(
  name: PrimitiveName,
  { backends = [], ...options }: ClaimOptions = {},
): readonly Claim[] {
  const claim = claimer('op', name)
  return [
    ...opChecks.map(({ title, check }) => claim(reference, 'invariant', title, () => check(name, options))),
    ...backends.flatMap((backend) =>
      precisions.map((precision) =>
        claim(backend, 'agreement', `gives what the reference gives, in ${precision.dtype}`, () =>
          checkOpOnBackend(backend, name, { ...options, ...precision }),
        ),
      ),
    ),
  ]
}

const precisions = [
  { dtype: 'float32', tolerance: 1e-5 },
  { dtype: 'float64', tolerance: 1e-11 },
] as const

/**
 * What is claimed of a cell: everything in `cellChecks` on the reference, then that on each backend it trains as there, and
 * learns its tasks, too.
 */
export function cellClaims(cell: Cell, { backends = [], ...options }: ClaimOptions = {}): readonly Claim[] {
  const claim = claimer('cell', cell.name)
  const subject = cellSubject(cell)
  const tasksOn = (backend: Backend) =>
    taskChecks.map(({ title, check }) =>
      claim(backend, 'task', title, () => check(subject, { ...options, backend })),
    )
  return [
    ...invariantChecks.map(({ title, check }) =>
      claim(reference, 'invariant', title, () => check(subject, options)),
    ),
    ...tasksOn(reference),
    ...backends.flatMap((backend) => [
      claim(backend, 'agreement', 'trains as it does on the reference', () =>
        checkCellOnBackend(backend, cell),
      ),
      ...tasksOn(backend),
    ]),
  ]
}

/** That a cell gives its golden numbers; undefined where it has none, which does not hold. */
export function goldenClaim(cell: Cell, golden: Golden | undefined): Claim {
  const sources = Object.values(golden?.sources ?? {}).map(({ from }) => from)
  const title = golden ? `${golden.cases.length} cases, from ${sources.join('; ')}` : 'no cases'
  return claimer('cell', cell.name)(reference, 'golden', title, () => checkGolden(cell, golden))
}

/** Puts claims to the proof one after the other: each result comes as soon as it is known. */
export function* prove(claims: Iterable<Claim>): Generator<Proof> {
  for (const { check, ...claim } of claims) {
    const start = performance.now()
    const said = complaintOf(check)
    yield {
      ...claim,
      passed: said === null,
      said: said ?? '',
      milliseconds: performance.now() - start,
    }
  }
}

function complaintOf(check: () => void): string | null {
  try {
    check()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function claimer(of: Claim['of'], name: string) {
  return (backend: Backend, kind: Claim['kind'], title: string, check: () => void): Claim => {
    return { of, name, backend: backend.name, kind, title, check }
  }
}
