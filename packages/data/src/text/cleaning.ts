import { TapeloopError } from '@tapeloop/core'
import { isRecord, show } from '../check.js'
import {
  cleaningRules,
  type CleaningStep,
  type StepName,
  type StepRule,
  type TextExample,
} from './cleaning-rules.js'

export type { CleaningStep, TextExample } from './cleaning-rules.js'

/** What one step did to a text. A step that found nothing is reported too, with `changed: 0`. */
export interface TextChange {
  /** The name of the step. */
  readonly step: string
  /** How many places it changed. */
  readonly changed: number
  /** What is counted, in the plural: `line ends`, `characters`, ... */
  readonly unit: string
  /** The first of them, cut short where they are long. */
  readonly examples?: readonly TextExample[]
}

/** A text and what was done to it, in order. */
export interface Cleaned {
  readonly text: string
  readonly changes: readonly TextChange[]
}

/**
 * Applies the steps in the order given and reports what each of them changed.
 *
 * @throws where a step has options that it cannot have
 * @example clean('a \r\nb', [{ name: 'line-ends' }, { name: 'trailing-space' }]).text // 'a\nb'
 */
export function clean(text: string, steps: readonly CleaningStep[]): Cleaned {
  let current = text
  const changes: TextChange[] = []
  for (const step of parseCleaningSteps(steps)) {
    const { unit, apply } = ruleOf(step)
    const { text: next, changed, examples } = apply(current, step)
    current = next
    changes.push({ step: step.name, changed, unit, ...(examples.length > 0 && { examples }) })
  }
  return { text: current, changes }
}

/**
 * Reads recorded steps back, for example from a run's configuration.
 *
 * @throws one sentence when a step is unknown or its options are.
 */
export function parseCleaningSteps(value: unknown): CleaningStep[] {
  if (!Array.isArray(value))
    throw new TapeloopError(`Cleaning steps must be a list, but they are ${show(value)}.`)
  return value.map((step: unknown): CleaningStep => {
    const name = isRecord(step) ? step['name'] : undefined
    if (!isRecord(step) || typeof name !== 'string' || !Object.hasOwn(cleaningRules, name)) {
      throw new TapeloopError(
        `Unknown cleaning step ${show(name ?? step)}; there are ${Object.keys(cleaningRules).join(', ')}.`,
      )
    }
    return cleaningRules[name as StepName].parse(step)
  })
}

function ruleOf<N extends StepName>(step: Extract<CleaningStep, { name: N }>): StepRule<N> {
  return cleaningRules[step.name as N]
}
