import { resolveOptions, type OptionSpec, type OptionValues } from '@tapeloop/layers'
import { Option, type Command } from 'commander'
import { UsageError } from '../errors.js'
import { suggestion } from './suggestion.js'

/** A setting that is a text, such as the name of a column; empty where none is meant. */
interface TextSpec {
  readonly type: 'text'
  readonly default: string
  readonly placeholder: string
  readonly doc: string
}

/** A setting of the command line: an option as cells have them, or a text. */
export type SettingSpec = OptionSpec | TextSpec

/** Settings by name. */
export type SettingSpecs = { readonly [name: string]: SettingSpec }

/** The values of settings. */
export type SettingValues<Specs extends SettingSpecs> = {
  readonly [Name in keyof Specs]: Specs[Name] extends TextSpec
    ? string
    : OptionValues<{ spec: Extract<Specs[Name], OptionSpec> }>['spec']
}

/** The spec of a whole number. */
export function whole(min: number, preset: number, doc: string) {
  return { type: 'number', default: preset, min, integer: true, doc } as const
}

/** The flag of an option: `seqLength` is `--seq-length`. */
export function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** Names in a sentence: `rnn, lstm or gru`. */
export function listOf(names: readonly string[], word = 'or'): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)}`
}

/** The value that a flag's text stands for. Refuses nonsense in one sentence that names the flag. */
export function parseValue(flag: string, spec: SettingSpec, text: string): number | string {
  if (spec.type !== 'number') return checkValue(flag, spec, text) as string
  // Number('') and Number(' ') are 0, which nobody means
  const value = text.trim() === '' ? NaN : Number(text)
  return checkValue(flag, spec, Number.isNaN(value) ? text : value) as number
}

/** Refuses a value that the option cannot have. */
export function checkValue(flag: string, spec: SettingSpec, value: unknown): unknown {
  if (spec.type === 'text') {
    if (typeof value === 'string') return value
    throw new UsageError(`${flag} is ${String(shortened(value))}; it must be a text.`)
  }
  if (spec.type === 'choice' && typeof value === 'string' && !spec.choices.includes(value)) {
    const hint = suggestion(value, spec.choices)
    throw new UsageError(
      `${flag} is "${String(shortened(value))}"; it must be ${listOf(spec.choices)}${hint}.`,
    )
  }
  // beyond this, numbers are no longer counted one by one
  const isTooLarge = spec.type === 'number' && spec.integer && Number(value) > Number.MAX_SAFE_INTEGER
  const limited = isTooLarge ? { ...spec, max: Number.MAX_SAFE_INTEGER } : spec
  try {
    resolveOptions('', { value: limited }, { value: shortened(value) })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${message.replace(/^: option value/, flag)}.`, { cause: error })
  }
  return value
}

/** A value as a sentence shows it: a list or a record as JSON, and of what is long the beginning. */
function shortened(value: unknown): unknown {
  const shown = typeof value === 'object' && value !== null ? JSON.stringify(value) : value
  return typeof shown === 'string' && shown.length > 60 ? `${shown.slice(0, 57)}...` : shown
}

/** What stands for the value of a setting in the help. */
function placeholderOf(spec: Exclude<SettingSpec, { type: 'boolean' }>): string {
  return spec.type === 'number' ? '<n>' : spec.type === 'choice' ? '<name>' : `<${spec.placeholder}>`
}

/** How flags are shown in the help. */
export interface FlagsHelp {
  /** the heading they stand under */
  readonly group?: string
  /** what is said of defaults that depend on something */
  readonly defaults?: Readonly<Record<string, string>>
  /** what else is said in the brackets */
  readonly notes?: Readonly<Record<string, string>>
}

/**
 * Adds the flags of options to a command: `--name <value>`, and `--name` and `--no-name` for a boolean. They have no
 * defaults there, so that what the user gave can be told from what was left out; the help names the defaults.
 */
export function addFlags(
  command: Command,
  specs: SettingSpecs,
  { group, defaults = {}, notes = {} }: FlagsHelp = {},
): void {
  for (const [name, spec] of Object.entries(specs)) {
    const preset = spec.type === 'boolean' ? '' : (defaults[name] ?? String(spec.default))
    const brackets = [preset, notes[name] ?? ''].filter((part) => part !== '').join('; ')
    for (const option of flagsFor(flagOf(name), spec, brackets === '' ? '' : ` (${brackets})`)) {
      if (group !== undefined) option.helpGroup(group)
      command.addOption(option)
    }
  }
}

function flagsFor(flag: string, spec: SettingSpec, brackets: string): Option[] {
  if (spec.type === 'boolean') {
    return [
      new Option(flag, spec.doc + brackets).hideHelp(spec.default),
      new Option(flag.replace('--', '--no-'), `do not ${spec.doc}${brackets}`).hideHelp(!spec.default),
    ]
  }
  const choices = spec.type === 'choice' ? `: ${listOf(spec.choices)}` : ''
  const option = new Option(`${flag} ${placeholderOf(spec)}`, spec.doc + choices + brackets)
  return [option.argParser((text: string) => parseValue(flag, spec, text))]
}

/** Of all that a command was given, the values of these options. */
export function givenValues<Specs extends SettingSpecs>(
  specs: Specs,
  given: Readonly<Record<string, unknown>>,
): Partial<SettingValues<Specs>> {
  const entries = Object.keys(specs)
    .filter((name) => given[name] !== undefined)
    .map((name) => [name, given[name]])
  return Object.fromEntries(entries) as Partial<SettingValues<Specs>>
}

/** The defaults of options. */
export function defaultsOf<Specs extends SettingSpecs>(specs: Specs): SettingValues<Specs> {
  const entries = Object.entries(specs).map(([name, spec]) => [name, spec.default])
  return Object.fromEntries(entries) as SettingValues<Specs>
}

/** What a command was given of these options, over their defaults. */
export function valuesOf<Specs extends SettingSpecs>(
  specs: Specs,
  given: Readonly<Record<string, unknown>>,
): SettingValues<Specs> {
  return { ...defaultsOf(specs), ...givenValues(specs, given) }
}
