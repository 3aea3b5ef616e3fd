/** Between what a number of an address must lie. */
export interface Bounds {
  readonly min: number
  readonly max: number
  readonly isWhole: boolean
}

/** The number that a text is, where it lies within bounds. */
export function numberWithin({ min, max, isWhole }: Bounds, text: string | null | undefined): number | null {
  if (text === null || text === undefined || text.trim() === '') return null
  const value = Number(text)
  return value >= min && value <= max && (!isWhole || Number.isInteger(value)) ? value : null
}

/** The numbers of an address; what cannot be right is as usual. */
export function numbersOf<Field extends string>(
  query: URLSearchParams,
  fields: Readonly<Record<Field, Bounds>>,
  usual: Readonly<Record<NoInfer<Field>, number>>,
): Record<Field, number> {
  return Object.fromEntries(
    (Object.keys(fields) as Field[]).map((field) => [
      field,
      numberWithin(fields[field], query.get(field)) ?? usual[field],
    ]),
  ) as Record<Field, number>
}

/** The text, where it is one of some names. */
export function nameAmong(names: readonly string[], text: string | null): string | null {
  return text !== null && names.includes(text) ? text : null
}

/** Cells by their names with dots between, each once; none where none is known. */
export function cellsOf(text: string | null, known: Readonly<Record<string, unknown>>): string[] {
  return [...new Set((text ?? '').split('.').filter((name) => Object.hasOwn(known, name)))]
}
