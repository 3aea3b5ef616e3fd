const day = 24 * 60 * 60_000

/**
 * The times that come after those of a series, as texts: whole months after whole months, whatever their length, and else
 * equal steps. Dates are written as dates.
 *
 * @param step between two times, in milliseconds
 */
export function timesAfter(times: Float64Array, step: number, count: number): string[] {
  const last = new Date(times.at(-1)!)
  const months = Math.round(step / (30.4 * day))
  const isMonthly = months >= 1 && step >= 27 * day
  const isDaily = times.every((time) => time % day === 0)
  const isFirst = isMonthly && times.every((time) => new Date(time).getUTCDate() === 1)
  return Array.from({ length: count }, (_, i) => {
    const next = isMonthly
      ? new Date(Date.UTC(last.getUTCFullYear(), last.getUTCMonth() + months * (i + 1), last.getUTCDate()))
      : new Date(last.getTime() + step * (i + 1))
    const text = next.toISOString()
    return isFirst ? text.slice(0, 7) : isDaily ? text.slice(0, 10) : text
  })
}
