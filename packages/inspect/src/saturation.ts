import { refuse } from '@tapeloop/core'

/** How often each unit of a gate is nearly closed and nearly open: `[units]` fractions. */
export interface Saturation {
  /** the fraction below `low` */
  readonly closed: Float64Array
  /** the fraction above `high` */
  readonly open: Float64Array
}

/**
 * How often gates saturate, a point in a triangle for each unit (Karpathy, Johnson & Fei-Fei 2015, section 4.2).
 *
 * @param values of a gate, the units last: their count divides that of the values
 */
export function saturation(
  values: ArrayLike<number>,
  units: number,
  { low = 0.1, high = 0.9 }: { readonly low?: number; readonly high?: number } = {},
): Saturation {
  const rows = rowsOf('saturation', values, units)
  const closed = new Float64Array(units)
  const open = new Float64Array(units)
  for (let i = 0; i < values.length; i++) {
    if (values[i]! < low) closed[i % units]! += 1 / rows
    else if (values[i]! > high) open[i % units]! += 1 / rows
  }
  return { closed, open }
}

/** What a unit does over many steps. */
export interface UnitSummary {
  readonly unit: number
  readonly mean: number
  readonly deviation: number
}

/** The units of a layer, the most active first: those whose values vary most. */
export function activeUnits(values: ArrayLike<number>, units: number): UnitSummary[] {
  const rows = rowsOf('activeUnits', values, units)
  const sums = new Float64Array(units)
  for (let i = 0; i < values.length; i++) sums[i % units]! += values[i]! / rows
  const squares = new Float64Array(units)
  for (let i = 0; i < values.length; i++) squares[i % units]! += (values[i]! - sums[i % units]!) ** 2 / rows
  return Array.from(sums, (mean, unit) => ({ unit, mean, deviation: Math.sqrt(squares[unit]!) })).toSorted(
    (a, b) => b.deviation - a.deviation,
  )
}

/** How many rows of `units` numbers there are. */
export function rowsOf(where: string, values: ArrayLike<number>, units: number): number {
  const rows = values.length / units
  if (!Number.isInteger(rows) || rows < 1) {
    refuse(where, `there are ${values.length} values for ${units} units; give some for each`)
  }
  return rows
}
