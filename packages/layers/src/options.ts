import { refuse } from '@tapeloop/core'

/** An option of a cell: what the CLI, the docs and the playground make their controls from. */
export type OptionSpec =
  | {
      readonly type: 'number'
      readonly default: number
      readonly min?: number
      readonly max?: number
      /** whole numbers only */
      readonly integer?: true
      /** so many equal parts are made of the units: hidden sizes are multiples of it */
      readonly dividesUnits?: true
      readonly doc: string
    }
  | { readonly type: 'boolean'; readonly default: boolean; readonly doc: string }
  | {
      readonly type: 'choice'
      readonly choices: readonly string[]
      readonly default: string
      readonly doc: string
    }

/** The options of a cell by name. */
export type OptionSpecs = { readonly [name: string]: OptionSpec }

/** The values of options: a choice is one of its literals. Of an option that is not known, anything. */
export type OptionValues<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]: Specs[Name] extends { readonly choices: readonly (infer Choice)[] }
    ? Choice
    : Specs[Name] extends { readonly type: 'number' }
      ? number
      : Specs[Name] extends { readonly type: 'boolean' }
        ? boolean
        : unknown
}

/** Given options over the defaults, checked. `where` names the cell in the error message. */
export function resolveOptions<Specs extends OptionSpecs>(
  where: string,
  specs: Specs,
  given: Readonly<Record<string, unknown>>,
): OptionValues<Specs> {
  for (const [name, value] of Object.entries(given)) {
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined
    if (spec === undefined) {
      const known = Object.keys(specs)
      refuse(
        where,
        `there is no option ${name}; ${known.length > 0 ? `its options are ${known.join(', ')}` : 'it has none'}`,
      )
    }
    const shown = typeof value === 'string' ? `"${value}"` : String(value)
    if (!fits(spec, value)) refuse(where, `option ${name} is ${shown}; it must be ${rangeOf(spec)}`)
  }
  const defaults = Object.entries(specs).map(([name, spec]) => [name, spec.default])
  return { ...Object.fromEntries(defaults), ...given } as OptionValues<Specs>
}

/** What hidden sizes are multiples of with these values of options. */
export function unitsAtOnce(specs: OptionSpecs, values: Readonly<Record<string, unknown>>): number {
  const parts = Object.entries(specs).map(([name, spec]) =>
    spec.type === 'number' && spec.dividesUnits ? Number(values[name] ?? spec.default) : 1,
  )
  return parts.reduce((product, count) => product * count, 1)
}

function fits(spec: OptionSpec, value: unknown): boolean {
  if (spec.type === 'choice') return spec.choices.includes(value as string)
  if (spec.type === 'boolean' || typeof value !== 'number') return typeof value === spec.type
  const { min = -Infinity, max = Infinity, integer } = spec
  return Number.isFinite(value) && value >= min && value <= max && (!integer || Number.isInteger(value))
}

function rangeOf(spec: OptionSpec): string {
  if (spec.type === 'choice') return spec.choices.join(' or ')
  if (spec.type === 'boolean') return 'true or false'
  const { min, max, integer } = spec
  const kind = integer ? 'a whole number' : 'a number'
  return `${kind}${min === undefined ? '' : ` from ${min}`}${max === undefined ? '' : ` up to ${max}`}`
}
