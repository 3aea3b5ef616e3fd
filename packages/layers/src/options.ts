import { refuse } from '@tapeloop/core'

/** An option of a cell: what the CLI, the docs and the playground make their controls from. */
export type OptionSpec =
  | { readonly type: 'number'; readonly default: number; readonly doc: string }
  | { readonly type: 'boolean'; readonly default: boolean; readonly doc: string }
  | {
      readonly type: 'choice'
      readonly choices: readonly string[]
      readonly default: string
      readonly doc: string
    }

export type OptionSpecs = { readonly [name: string]: OptionSpec }

/** The values of options: a choice is one of its literals. */
export type OptionValues<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]: Specs[Name] extends { readonly choices: readonly (infer Choice)[] }
    ? Choice
    : Specs[Name] extends { readonly type: 'number' }
      ? number
      : Specs[Name] extends { readonly type: 'boolean' }
        ? boolean
        : number | boolean | string
}

/** Given options over the defaults, checked. `where` names the cell in the error message. */
export function resolveOptions<Specs extends OptionSpecs>(
  where: string,
  specs: Specs,
  given: Readonly<Record<string, unknown>>,
): OptionValues<Specs> {
  for (const [name, value] of Object.entries(given)) {
    const spec = specs[name]
    if (spec === undefined) {
      const known = Object.keys(specs)
      refuse(
        where,
        `there is no option ${name}; ${known.length > 0 ? `its options are ${known.join(', ')}` : 'it has none'}`,
      )
    }
    const expected = spec.type === 'choice' ? spec.choices.join(' or ') : `a ${spec.type}`
    const fits = spec.type === 'choice' ? spec.choices.includes(value as string) : typeof value === spec.type
    if (!fits) refuse(where, `option ${name} is ${JSON.stringify(value)}; it must be ${expected}`)
  }
  const defaults = Object.entries(specs).map(([name, spec]) => [name, spec.default])
  return { ...Object.fromEntries(defaults), ...given } as OptionValues<Specs>
}
