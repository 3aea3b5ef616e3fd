import { settings, type Check, type Setting } from './compare.js'
import { families } from './families/index.js'
import type { VectorCase, VectorFile } from './format.js'

/** What became of a case. */
export interface CaseResult {
  readonly name: string
  readonly passed: boolean
  /** why it failed; empty where it passed */
  readonly reason: string
}

/** Runs every case of a file of vectors. */
export function runVectors(file: VectorFile, setting: Setting = settings.float64): CaseResult[] {
  return file.cases.map((vector) => ({
    name: `${file.family}/${vector.name}`,
    ...runCase(file.family, vector, setting),
  }))
}

function runCase(name: string, vector: VectorCase, setting: Setting): Omit<CaseResult, 'name'> {
  const family = families[name]
  if (family === undefined) return { passed: false, reason: `the family ${name} is not supported yet` }
  try {
    return judge(family(vector, setting), setting)
  } catch (error) {
    return { passed: false, reason: error instanceof Error ? error.message : String(error) }
  }
}

/** A case passes if something was compared and all of it agrees; else the largest difference is its reason. */
export function judge(
  checks: readonly Check[],
  { tolerance }: Pick<Setting, 'tolerance'>,
): Omit<CaseResult, 'name'> {
  if (checks.length === 0) return { passed: false, reason: 'there is nothing to compare' }
  const worst = checks.reduce((a, b) => (b.difference > a.difference ? b : a))
  const passed = worst.difference <= tolerance
  const size = Number.isFinite(worst.difference) ? ` differs by ${worst.difference.toExponential(2)}` : ''
  return { passed, reason: passed ? '' : `${worst.what}${size}: ${worst.note}` }
}
