import { TapeloopError } from '@tapeloop/core'
import { checkWhole } from '../check.js'

/** Numbers over time: what is known at each time, and what is to be forecast. */
export interface Series {
  /** [times, inputNames], row-major. */
  readonly inputs: Float64Array
  readonly inputNames: readonly string[]
  /** [times, targetNames], row-major. */
  readonly targets: Float64Array
  readonly targetNames: readonly string[]
  /** 1 where all targets are known, 0 where one was filled: [times]. */
  readonly known: Uint8Array
}

/** What is known up to a time, and what follows it: an example for a forecaster. Its rows are views of the series. */
export interface SeriesWindow {
  /** [length, inputs]. */
  readonly x: readonly Float64Array[]
  /** [horizon, targets]: the times after x; with the horizon `each`, [length, targets], the time after each time of x. */
  readonly y: readonly Float64Array[]
}

/** How a series is cut into windows. */
export interface SeriesWindowOptions {
  /** How many times are known. */
  readonly length: number
  /** How many times after them are forecast, or `each`: one after each time; 1 unless said. */
  readonly horizon?: number | 'each'
  /** Times between the beginnings of two windows; 1 unless said. */
  readonly stride?: number
  /** Only windows whose y lies from this time on; what is known may lie before it. 0 unless said. */
  readonly from?: number
  /** Only windows whose y ends before this time; the end of the series unless said. */
  readonly to?: number
}

/**
 * All windows of a series. Parts for training and for testing are cut by `from` and `to`, which say where y lies: nothing that
 * is tested was trained on, and no test lacks the times before it. A window whose y was missing is left out.
 *
 * @throws when a size is no whole number, or there is no window.
 */
export function seriesWindows(
  series: Series,
  { length, horizon = 1, stride = 1, from = 0, to = series.known.length }: SeriesWindowOptions,
): SeriesWindow[] {
  checkWhole('seriesWindows', 'length', length, 1)
  checkWhole('seriesWindows', 'stride', stride, 1)
  checkWhole('seriesWindows', 'from', from, 0)
  checkWhole('seriesWindows', 'to', to, 0)
  if (horizon !== 'each') checkWhole('seriesWindows', 'horizon', horizon, 1)
  const inputs = rowsOf(series.inputs, series.inputNames.length)
  const targets = rowsOf(series.targets, series.targetNames.length)
  const ahead = horizon === 'each' ? 1 : horizon
  /** How many times after the beginning of x that of y lies. */
  const lead = horizon === 'each' ? 1 : length
  const end = Math.min(to, series.known.length)
  const windows: SeriesWindow[] = []
  for (let start = Math.max(0, from - lead); start + length + ahead <= end; start += stride) {
    const [first, last] = [start + lead, start + length + ahead]
    if (series.known.subarray(first, last).includes(0)) continue
    windows.push({ x: inputs.slice(start, start + length), y: targets.slice(first, last) })
  }
  if (windows.length > 0) return windows
  throw new TapeloopError(
    `seriesWindows: times ${from} to ${end} hold no window of length ${length} and horizon ${horizon} whose targets are ` +
      `known; give a longer series, or a smaller length or horizon.`,
  )
}

/** The last `length` times of a series, from which the times after its end are forecast. */
export function lastWindow({ inputs, inputNames }: Series, length: number): readonly Float64Array[] {
  checkWhole('lastWindow', 'length', length, 1)
  const rows = rowsOf(inputs, inputNames.length)
  if (rows.length >= length) return rows.slice(-length)
  throw new TapeloopError(
    `lastWindow: the series has ${rows.length} times, but ${length} are needed; give more rows.`,
  )
}

function rowsOf(values: Float64Array, width: number): Float64Array[] {
  return Array.from({ length: values.length / width }, (_, row) =>
    values.subarray(row * width, (row + 1) * width),
  )
}
