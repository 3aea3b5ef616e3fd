import { decodeHTMLStrict } from 'entities'
import { TapeloopError } from '@tapeloop/core'
import { show } from '../check.js'
import { changedLines, keepParts, replaceAll, type Changed, type PartName } from './text-changes.js'

export type { TextExample } from './text-changes.js'

const forms = ['NFC', 'NFD', 'NFKC', 'NFKD'] as const

/**
 * One step of cleaning: plain JSON, so that a run can record the steps and repeat them on another text.
 *
 * - `line-ends`: CRLF and a CR alone become LF.
 * - `normal-form`: one of Unicode's normal forms; counts the lines that changed.
 * - `control-characters`: the characters of category Cc go, but for tab, LF and CR.
 * - `trailing-space`: spaces and tabs at the end of a line go; counts the line ends that lost some.
 * - `html-entities`: `&amp;`, `&eacute;`, `&#233;` and all others that end in a semicolon become what they stand for, once.
 * - `duplicates`: a line, or a paragraph, that was there before goes; empty lines stay.
 * - `length`: lines, or paragraphs, of fewer characters (code points) than `minimum` or more than `maximum` go; empty lines
 *   stay.
 * - `scripts`: lines, or paragraphs, go where fewer than `share` of the letters (half unless said) are of these scripts, which
 *   are named as Unicode does: `Latin`, `Han`, `Cyrillic`, ...; what has no letters stays.
 */
export type CleaningStep =
  | { readonly name: 'line-ends' }
  | { readonly name: 'normal-form'; readonly form: (typeof forms)[number] }
  | { readonly name: 'control-characters' }
  | { readonly name: 'trailing-space' }
  | { readonly name: 'html-entities' }
  | { readonly name: 'duplicates'; readonly of: PartName }
  | { readonly name: 'length'; readonly of: PartName; readonly minimum?: number; readonly maximum?: number }
  | {
      readonly name: 'scripts'
      readonly of: PartName
      readonly scripts: readonly string[]
      readonly share?: number
    }

export type StepName = CleaningStep['name']
type StepOf<N extends StepName> = Extract<CleaningStep, { name: N }>
type Fields = Readonly<Record<string, unknown>>

/** How a step is done, and how it is read back. */
export interface StepRule<N extends StepName> {
  /** What it counts, in the plural. */
  readonly unit: string
  apply(text: string, step: StepOf<N>): Changed
  /** @throws one sentence when the options are wrong */
  parse(fields: Fields): StepOf<N>
}

/** Every step by its name. A new one is one entry here and one in `CleaningStep`. */
export const cleaningRules: { readonly [N in StepName]: StepRule<N> } = {
  'line-ends': {
    unit: 'line ends',
    apply: (text) => replaceAll(text, /\r\n?/g, () => '\n'),
    parse: () => ({ name: 'line-ends' }),
  },
  'normal-form': {
    unit: 'lines',
    apply: (text, { form }) => changedLines(text, text.normalize(form)),
    parse: ({ form }) => ({ name: 'normal-form', form: choiceOf('normal-form', 'form', form, forms) }),
  },
  'control-characters': {
    unit: 'characters',
    apply: (text) => replaceAll(text, /(?![\t\n\r])\p{Cc}/gu, () => ''),
    parse: () => ({ name: 'control-characters' }),
  },
  'trailing-space': {
    unit: 'line ends',
    // the look-behind lets only the start of a run try, which keeps a long run of spaces from costing its square
    apply: (text) => replaceAll(text, /(?<![ \t])[ \t]+(?=[\n\r]|$)/g, () => ''),
    parse: () => ({ name: 'trailing-space' }),
  },
  'html-entities': {
    unit: 'entities',
    // without its semicolon an entity may be a part of an address: ?a=1&copy=2
    apply: (text) => replaceAll(text, /&(?:#\d+|#[xX][\da-fA-F]+|[A-Za-z][\dA-Za-z]*);/g, decodeHTMLStrict),
    parse: () => ({ name: 'html-entities' }),
  },
  duplicates: {
    unit: 'parts left out',
    apply(text, { of }) {
      const seen = new Set<string>()
      return keepParts(text, of, (part) => seen.size < seen.add(part).size)
    },
    parse: ({ of }) => ({ name: 'duplicates', of: partOf('duplicates', of) }),
  },
  length: {
    unit: 'parts left out',
    apply: (text, { of, minimum = 0, maximum = Infinity }) =>
      keepParts(text, of, (part) => {
        const length = [...part].length
        return length >= minimum && length <= maximum
      }),
    parse: ({ of, minimum, maximum }) => ({
      name: 'length',
      of: partOf('length', of),
      ...(minimum !== undefined && { minimum: countOf('minimum', minimum) }),
      ...(maximum !== undefined && { maximum: countOf('maximum', maximum) }),
    }),
  },
  scripts: {
    unit: 'parts left out',
    apply(text, { of, scripts, share = 0.5 }) {
      const letters = new RegExp(`[${scripts.map((name) => `\\p{Script=${name}}`).join('')}]`, 'u')
      return keepParts(text, of, (part) => {
        const all = part.match(/\p{L}/gu) ?? []
        return all.filter((letter) => letters.test(letter)).length >= share * all.length
      })
    },
    parse: ({ of, scripts, share }) => ({
      name: 'scripts',
      of: partOf('scripts', of),
      scripts: scriptsOf(scripts),
      ...(share !== undefined && { share: shareOf(share) }),
    }),
  },
}

function refuse(step: StepName, option: string, must: string, value: unknown): never {
  throw new TapeloopError(`Cleaning step ${step}: ${option} must be ${must}, but it is ${show(value)}.`)
}

function choiceOf<T extends string>(
  step: StepName,
  option: string,
  value: unknown,
  choices: readonly T[],
): T {
  const known = choices.find((choice) => choice === value)
  return known ?? refuse(step, option, `one of ${choices.join(', ')}`, value)
}

const partOf = (step: StepName, value: unknown): PartName =>
  choiceOf(step, 'of', value, ['lines', 'paragraphs'])

function countOf(option: string, value: unknown): number {
  const isCount = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
  return isCount ? value : refuse('length', option, 'a whole number of at least 0', value)
}

function shareOf(value: unknown): number {
  const isShare = typeof value === 'number' && value > 0 && value <= 1
  return isShare ? value : refuse('scripts', 'share', 'a number above 0 and at most 1', value)
}

function scriptsOf(value: unknown): string[] {
  if (!Array.isArray(value) || value.length === 0)
    return refuse('scripts', 'scripts', 'a list of names', value)
  return value.map((name: unknown) =>
    isScript(name) ? name : refuse('scripts', 'scripts', 'names of Unicode', name),
  )
}

function isScript(name: unknown): name is string {
  if (typeof name !== 'string' || !/^\w+$/.test(name)) return false
  try {
    return new RegExp(`\\p{Script=${name}}`, 'u') instanceof RegExp
  } catch {
    return false
  }
}
