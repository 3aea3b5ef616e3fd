/** A whole number with commas between thousands: `1,115,394`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** A number of things: `1 character`, `20 characters`. */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : plural}`
}

/** A part of 1 as percent: `83.1 %`. */
export function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`
}

/** A loss or a score with as many digits as tell something: `2.415`, `0.0043`. */
export function score(value: number): string {
  return Number.isFinite(value) ? value.toFixed(digitsOf(value)) : String(value)
}

/** A mean and its spread, with equally many digits: `2.415 ± 0.012`. */
export function spreadScore(mean: number, spread: number): string {
  return `${score(mean)} ± ${spread.toFixed(digitsOf(mean))}`
}

/** Digits after the point: three, or as many as show two that are not 0. */
function digitsOf(value: number): number {
  if (value === 0) return 3
  return Math.min(Math.max(3, 1 - Math.floor(Math.log10(Math.abs(value)))), 8)
}

/** A rate, with three digits: `21,400`, `843`, `0.52`. */
export function rate(value: number): string {
  if (value >= 1000) return count(Number(value.toPrecision(3)))
  return value >= 10 ? value.toFixed(0) : value.toPrecision(2)
}

/** A time span: `0:42`, `12:05`, `2:10:00`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const two = (n: number) => String(n).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

/** A time span in words: `0.8 s`, `42 s`, `12 min 5 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}
