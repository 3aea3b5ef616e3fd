import { TapeloopError } from '@tapeloop/core'
import { isRecord, show } from '../check.js'

/** What one step did to a text. A step that found nothing is reported too, with `changed: 0`. */
export interface TextChange {
  /** The name of the step. */
  readonly step: string
  /** How many places it changed. */
  readonly changed: number
  /** What is counted, in the plural: `line ends`, `characters`, ... */
  readonly unit: string
}

/** A text and what was done to it, in order. */
export interface Cleaned {
  readonly text: string
  readonly changes: readonly TextChange[]
}

const forms = ['NFC', 'NFD', 'NFKC', 'NFKD'] as const

/**
 * One step of cleaning: plain JSON, so that a run can record the steps and repeat them on another text.
 *
 * - `line-ends`: CRLF and a CR alone become LF.
 * - `normal-form`: one of Unicode's normal forms; counts the lines that changed.
 * - `control-characters`: the characters of category Cc go, but for tab, LF and CR.
 * - `trailing-space`: spaces and tabs at the end of a line go; counts the line ends that lost some.
 */
export type CleaningStep =
  | { readonly name: 'line-ends' }
  | { readonly name: 'normal-form'; readonly form: (typeof forms)[number] }
  | { readonly name: 'control-characters' }
  | { readonly name: 'trailing-space' }

type StepName = CleaningStep['name']

interface StepRule<N extends StepName> {
  readonly unit: string
  apply(text: string, step: Extract<CleaningStep, { name: N }>): { text: string; changed: number }
}

const rules: { readonly [N in StepName]: StepRule<N> } = {
  'line-ends': {
    unit: 'line ends',
    apply: (text) => replace(text, /\r\n?/g, '\n'),
  },
  'normal-form': {
    unit: 'lines',
    apply(text, { form }) {
      const normal = text.normalize(form)
      return { text: normal, changed: normal === text ? 0 : countDifferentLines(text, normal) }
    },
  },
  'control-characters': {
    unit: 'characters',
    apply: (text) => replace(text, /(?![\t\n\r])\p{Cc}/gu, ''),
  },
  'trailing-space': {
    unit: 'line ends',
    // the look-behind lets only the start of a run try, which keeps a long run of spaces from costing its square
    apply: (text) => replace(text, /(?<![ \t])[ \t]+(?=[\n\r]|$)/g, ''),
  },
}

/**
 * Applies the steps in the order given and reports what each of them changed.
 *
 * @example clean('a \r\nb', [{ name: 'line-ends' }, { name: 'trailing-space' }]).text // 'a\nb'
 */
export function clean(text: string, steps: readonly CleaningStep[]): Cleaned {
  let current = text
  const changes: TextChange[] = []
  for (const step of steps) {
    const { unit } = rules[step.name]
    const result = applyStep(current, step)
    current = result.text
    changes.push({ step: step.name, changed: result.changed, unit })
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
  return value.map((step: unknown) => {
    const name = isRecord(step) ? step['name'] : undefined
    if (!isRecord(step) || typeof name !== 'string' || !Object.hasOwn(rules, name)) {
      throw new TapeloopError(
        `Unknown cleaning step ${show(name ?? step)}; there are ${Object.keys(rules).join(', ')}.`,
      )
    }
    if (name !== 'normal-form') return { name: name as Exclude<StepName, 'normal-form'> }
    const form = forms.find((known) => known === step['form'])
    if (form === undefined) {
      throw new TapeloopError(
        `Cleaning step normal-form: form must be one of ${forms.join(', ')}, but it is ${show(step['form'])}.`,
      )
    }
    return { name, form }
  })
}

function applyStep<N extends StepName>(text: string, step: Extract<CleaningStep, { name: N }>) {
  const rule: StepRule<N> = rules[step.name as N]
  return rule.apply(text, step)
}

function replace(text: string, pattern: RegExp, by: string): { text: string; changed: number } {
  let changed = 0
  const result = text.replace(pattern, () => {
    changed++
    return by
  })
  return { text: result, changed }
}

/** No normal form makes, removes or crosses a line feed, so the lines of both texts stand beside each other. */
function countDifferentLines(a: string, b: string): number {
  const lines = b.split('\n')
  return a.split('\n').filter((line, i) => line !== lines[i]).length
}
